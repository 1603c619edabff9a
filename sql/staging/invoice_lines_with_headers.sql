-- One row is one line of an invoice exported as two files, with its header's columns beside it; an invoice without any
-- line is one row with the header's own columns (is_line is false). Lines whose header is in no export are not here:
-- they are in staging.invoice_lines_without_header. A header exported twice counts once, the later one.
with
headers as (
    select *
    from raw.invoice_headers
    qualify row_number() over (partition by invoice_id order by file_no desc, source_row desc) = 1
)

select
    coalesce(lines.file_no, headers.file_no) as file_no,
    coalesce(lines.source_row, headers.source_row) as source_row,
    headers.* exclude (file_no, source_row),
    lines.gross_amount,
    coalesce(lines.net_amount, round(lines.quantity::decimal(20, 4) * lines.unit_price, 4)::decimal(18, 4)) as net_amount,
    lines.tax_amount,
    lines.product_name,
    lines.quantity,
    lines.unit_price,
    lines.tax_rate,
    lines.invoice_id is not null as is_line
from headers
-- Fans out on purpose: one header, many lines.
left join raw.invoice_lines as lines on headers.invoice_id = lines.invoice_id
