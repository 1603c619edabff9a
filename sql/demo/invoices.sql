-- One row is an invoice: blue, void or red, each series numbered in the order of issue without gaps. Paper numbers (code
-- and 8 digits) in the first year, then fully digital ones of 20 digits; invoices abroad have a number of our own.
with gathered as (
    select
        if(is_void, 'void', 'blue') as colour,
        order_no,
        customer_no,
        invoice_date,
        net_cents,
        tax_cents,
    from demo.blue_invoices

    union all by name

    select
        'red' as colour,
        order_no,
        customer_no,
        invoice_date,
        net_cents,
        tax_cents,
    from demo.red_invoices
),

typed as (
    select
        gathered.*,
        net_cents + tax_cents as gross_cents,
        case
            when customers.is_overseas then 'export'
            when draw(customers.customer_no, 'invoice type', 100) < 72 then 'special'
            else 'general'
        end as paper,
        gathered.invoice_date >= $begin_date + 365 and not customers.is_overseas as is_digital,
        customers.currency,
        customers.payment_style,
        customers.payer_type,
        customers.agreed_terms_days,
        fx_rates.rate_hundredths,
    from gathered
    inner join demo.customers on customers.customer_no = gathered.customer_no
    inner join demo.fx_rates on fx_rates.month_start = date_trunc('month', gathered.invoice_date)
),

numbered as (
    select
        *,
        row_number() over (order by invoice_date, order_no, colour) as invoice_no,
        row_number() over (
            partition by is_digital, if(is_digital, '', paper)
            order by invoice_date, order_no, colour
        ) as place,
        -- Five zeros at the end of twenty digits would look like a number that a spreadsheet cut to fifteen: never issued.
        place + if(is_digital, (place - 1) // 99999, 0) as series_no,
    from typed
)

select
    * exclude (paper, is_digital, rate_hundredths, agreed_terms_days, place, series_no),
    if(currency = 'USD', rate_hundredths, 100) as rate_hundredths,
    if(is_digital, 'digital_', '') || paper as invoice_type,
    case
        when paper = 'export' then 'EX' || strftime(invoice_date, '%Y') || lpad(series_no::varchar, 8, '0')
        when is_digital then strftime(invoice_date, '%y') || '332' || lpad(series_no::varchar, 15, '0')
        when paper = 'special' then (10000000 + series_no)::varchar
        else (60000000 + series_no)::varchar
    end as invoice_id,
    case
        when is_digital or paper = 'export' then null
        when paper = 'special' then '3300' || strftime(invoice_date, '%y') || '1130'
        else '03300' || strftime(invoice_date, '%y') || '00104'
    end as invoice_code,
    if(colour = 'red', invoice_date, invoice_date + agreed_terms_days) as due_date,
from numbered
