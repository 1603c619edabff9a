-- One row is one line of one version of an order that two or more files hold, oldest version first (version_no); where the
-- order came as headers and lines, each file of either that holds it again makes a version. line_key
-- names the same line in each version: its number, else its product, else its name, and which of several that is.
-- Left out: versions of which any row could not be read whole, as what they miss is not known to be gone.
with
sound as (
    select
        order_id,
        version,
        row_number() over (partition by order_id order by version) as version_no
    from raw.order_versions
    where order_id is not null
    group by order_id, version
    having not bool_or(is_faulty)
),

keyed as (
    select
        versions.* exclude (version, is_faulty),
        sound.version_no,
        coalesce(versions.line_no::varchar, versions.product_id, versions.product_name, '') as line_name
    from raw.order_versions as versions
    inner join sound on versions.order_id = sound.order_id and versions.version = sound.version
)

select
    order_id,
    version_no,
    line_name || case
        when row_number() over same_name > 1 then ' (' || row_number() over same_name || ')'
        else ''
    end as line_key,
    order_date,
    customer_id,
    status,
    confirmed_date,
    promised_date,
    currency,
    product_id,
    quantity,
    unit_price,
    amount,
    discount_amount,
    discount_rate,
    order_discount_amount,
    file_no,
    source_row,
    coalesce(header_file_no, file_no) as header_file_no,
    coalesce(header_source_row, source_row) as header_source_row
from keyed
window same_name as (
    partition by order_id, version_no, line_name
    order by file_no, source_row
)
