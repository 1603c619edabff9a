select *
from marts.fct_receivable_months
where item_type = 'invoice'
