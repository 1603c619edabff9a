-- One row is one line of a company's own rules for what to do next about an overdue customer. A step number given more than
-- once counts as its latest row says; the others stay, with is_repeated.
select
    *,
    row_number() over (partition by step_no order by file_no desc, source_row desc) > 1 as is_repeated
from raw.collection_steps
