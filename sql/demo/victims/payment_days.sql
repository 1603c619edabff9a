-- One row is a working day in the middle of the span on which payments came in.
select payment_date as key
from demo.payments
where payment_date in (select date from demo.days where day_no between 60 and (select max(day_no) - 30 from demo.days))
group by payment_date
having count(*) > 1
order by draw(date_diff('day', date '2000-01-01', payment_date), 'victim', 1000000)
limit 3
