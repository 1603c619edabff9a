-- One row is one contact with a customer about money owed, with the promise made, if any.
select *
from raw.collections
