-- One row is a return.
select 'RT' || lpad(return_no::varchar, 8, '0') as key
from demo.returns
order by draw(return_no, 'victim', 1000000), return_no
limit 10
