-- One row is one thing changed in an order after it was confirmed, as a later export tells it: the file that held the order
-- again is the amendment, file_no and source_row its row (of a removed line the first one of the order's lines there).
-- amendment_no counts the versions of the order.
-- - changed: line_added, line_removed, product_id, quantity, unit_price, amount, discount_amount, discount_rate of a line;
--   customer_id, order_date, promised_date, currency, order_discount_amount, cancelled of the order (line_key null).
-- - A version is confirmed when it has a confirmation date or a status beyond draft and cancelled; orders without
--   either count as confirmed by being ordered.
-- Left out: what either version does not say (another export may lack the column), and the progress of the order itself: its
-- status, its shipping and delivery dates.
with
headers as (
    select
        order_id,
        version_no,
        min(customer_id) as customer_id,
        min(order_date) as order_date,
        max(promised_date) as promised_date,
        min(currency) as currency,
        max(order_discount_amount) as order_discount_amount,
        bool_and(coalesce(status = 'cancelled', false)) as is_cancelled,
        bool_or(coalesce(confirmed_date is not null or status not in ('draft', 'cancelled'), true)) as is_confirmed,
        min(header_file_no) as file_no,
        min(header_source_row) as source_row,
        min(file_no) as lines_file_no,
        min(source_row) as lines_source_row
    from staging.order_version_lines
    group by order_id, version_no
),

pairs as (
    select
        later.order_id,
        later.version_no - 1 as amendment_no,
        later.file_no,
        later.source_row,
        later.lines_file_no,
        later.lines_source_row,
        [
            {'changed': 'customer_id', 'old': former.customer_id, 'new': later.customer_id},
            {'changed': 'order_date', 'old': former.order_date::varchar, 'new': later.order_date::varchar},
            {'changed': 'promised_date', 'old': former.promised_date::varchar, 'new': later.promised_date::varchar},
            {'changed': 'currency', 'old': former.currency, 'new': later.currency},
            {
                'changed': 'order_discount_amount',
                'old': former.order_discount_amount::varchar,
                'new': later.order_discount_amount::varchar
            },
            {
                'changed': 'cancelled',
                'old': case when later.is_cancelled then former.is_cancelled::varchar end,
                'new': later.is_cancelled::varchar
            }
        ] as fields
    from headers as later
    inner join headers as former
        on later.order_id = former.order_id
        and later.version_no = former.version_no + 1
    where former.is_confirmed
),

later_lines as (
    select
        lines.* exclude (version_no),
        pairs.amendment_no
    from staging.order_version_lines as lines
    inner join pairs on lines.order_id = pairs.order_id and lines.version_no = pairs.amendment_no + 1
),

former_lines as (
    select
        lines.* exclude (version_no),
        pairs.amendment_no,
        pairs.lines_file_no,
        pairs.lines_source_row
    from staging.order_version_lines as lines
    inner join pairs on lines.order_id = pairs.order_id and lines.version_no = pairs.amendment_no
),

lines as (
    select
        coalesce(later.order_id, former.order_id) as order_id,
        coalesce(later.amendment_no, former.amendment_no) as amendment_no,
        coalesce(later.line_key, former.line_key) as line_key,
        coalesce(later.file_no, former.lines_file_no) as file_no,
        coalesce(later.source_row, former.lines_source_row) as source_row,
        [
            {
                'changed': 'line_added',
                'old': case when former.order_id is null then '' end,
                'new': coalesce(later.product_id, later.line_key)
            },
            {
                'changed': 'line_removed',
                'old': coalesce(former.product_id, former.line_key),
                'new': case when later.order_id is null then '' end
            },
            {'changed': 'product_id', 'old': former.product_id, 'new': later.product_id},
            {'changed': 'quantity', 'old': former.quantity::varchar, 'new': later.quantity::varchar},
            {'changed': 'unit_price', 'old': former.unit_price::varchar, 'new': later.unit_price::varchar},
            {'changed': 'amount', 'old': former.amount::varchar, 'new': later.amount::varchar},
            {'changed': 'discount_amount', 'old': former.discount_amount::varchar, 'new': later.discount_amount::varchar},
            {'changed': 'discount_rate', 'old': former.discount_rate::varchar, 'new': later.discount_rate::varchar}
        ] as fields
    from later_lines as later
    full join former_lines as former
        on later.order_id = former.order_id
        and later.amendment_no = former.amendment_no
        and later.line_key = former.line_key
),

changes as (
    select order_id, amendment_no, null as line_key, unnest(fields) as field, file_no, source_row from pairs
    union all
    select order_id, amendment_no, line_key, unnest(fields), file_no, source_row from lines
)

select
    changes.order_id,
    orders.order_date,
    changes.amendment_no,
    changes.line_key,
    changes.field.changed as changed,
    nullif(changes.field.old, '') as old_value,
    nullif(changes.field.new, '') as new_value,
    changes.file_no,
    changes.source_row
from changes
inner join headers as orders on changes.order_id = orders.order_id and changes.amendment_no + 1 = orders.version_no
where changes.field.old <> changes.field.new
