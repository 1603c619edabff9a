-- One row is one contract. in_force_from and in_force_to are the days it holds: from its start (else its signing) to its
-- end, open where none is given. is_agreed is false for a draft.
select
    * exclude (status),
    coalesce(status, 'active') as status,
    coalesce(start_date, signed_date) as in_force_from,
    coalesce(end_date, date '9999-12-31') as in_force_to,
    coalesce(status, 'active') <> 'draft' as is_agreed
from raw.contracts
