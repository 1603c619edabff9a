-- One row is one line of the rules for what to do next about an overdue customer. Lines are read in the order of step_no and
-- the first whose conditions all hold decides; an empty condition always holds. oldest_days_over and overdue_over (base
-- currency) are exceeded; is_promise_broken, is_promise_open and customer_class are as said. After a month a call is not
-- enough, after a quarter a letter is not, and after half a year it is a matter for a lawyer.
select
    step_no,
    step,
    oldest_days_over,
    overdue_over::decimal(18, 4) as overdue_over,
    is_promise_broken,
    is_promise_open,
    customer_class
from (
    values
    (1, 'legal', 180, 1000, null::boolean, null::boolean, null::varchar),
    (2, 'visit', 90, null, null, null, null),
    (3, 'visit', 60, null, true, null, null),
    (4, 'wait', null, null, null, true, null),
    (5, 'email', 30, null, null, null, null),
    (6, 'email', null, null, true, null, null),
    (7, 'phone', null, null, null, null, null)
) as steps (step_no, step, oldest_days_over, overdue_over, is_promise_broken, is_promise_open, customer_class)
