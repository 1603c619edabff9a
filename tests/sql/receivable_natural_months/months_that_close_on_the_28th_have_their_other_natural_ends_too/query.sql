select *
from marts.receivable_natural_months
where item_type = 'invoice'
