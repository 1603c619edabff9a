-- One row is one effective invoice or credit note up to $as_of and one thing that is wrong or missing on it, read by itself, with
-- its order, its customer's file and the invoice it credits. expected_amount: what amount should be, where the issue is one of
-- amounts. related_id: the order or invoice it is about. Issues of orders only where some invoice names an order.
-- The codes' words are in the reports' catalogs (invoice_issue).
with
details as (
    select
        invoice_id,
        min(buyer_tax_id) as buyer_tax_id,
        count(*) filter (where not repeats_total) as line_count,
        bool_and(tax_rate is not null) filter (where not repeats_total) as has_rates,
        -- Products of 38 digits round slowly.
        sum(if(abs(net_amount) < 100000, round(net_amount * tax_rate, 2), round(net_amount::decimal(20, 4) * tax_rate, 2)))
            filter (where not repeats_total)::decimal(18, 4) as expected_tax_amount
    from staging.stg_invoices
    group by invoice_id
),

credited as (
    select
        credits_invoice_id as invoice_id,
        -sum(gross_amount)::decimal(18, 4) as credited_amount
    from marts.fct_invoices
    where is_effective and credits_invoice_id is not null and invoice_date <= $as_of
    group by all
),

copies as (
    select
        customer_id,
        order_id,
        gross_amount,
        min(row(invoice_date, invoice_id)) as first_invoice
    from marts.fct_invoices
    where is_effective and not is_credit_note and order_id <> '' and invoice_date <= $as_of
    group by all
    having count(*) > 1
),

orders as (
    select
        order_id,
        customer_id,
        currency,
        order_date,
        is_valid
    from marts.fct_orders
    where (select count(order_id) from marts.fct_invoices where order_id <> '') > 0
),

read as (
    select
        invoices.*,
        details.line_count,
        if(details.has_rates, details.expected_tax_amount, null) as expected_tax_amount,
        credited.credited_amount,
        originals.invoice_date as original_date,
        orders.order_id as found_order_id,
        orders.customer_id as order_customer_id,
        orders.currency as order_currency,
        orders.order_date,
        orders.is_valid as is_order_valid,
        details.buyer_tax_id,
        files.tax_id as file_tax_id,
        copies.first_invoice < row(invoices.invoice_date, invoices.invoice_id) as is_copy,
        if(regexp_full_match(invoices.invoice_id, '[0-9]{20}'), invoices.invoice_id[:2], null) as number_year,
        coalesce(invoices.invoice_type in ('digital_special', 'digital_general'), false) as is_digital,
        coalesce(invoices.invoice_type in ('special', 'general', 'red') and invoices.invoice_code is not null, false) as is_paper,
        regexp_full_match(invoices.invoice_code || '-' || invoices.invoice_id, '([0-9]{10}|[0-9]{12})-[0-9]{8}')
            as has_paper_form,
        exists (select 1 from orders) as has_orders
    from marts.fct_invoices as invoices
    left join details on invoices.invoice_id = details.invoice_id
    left join credited on invoices.invoice_id = credited.invoice_id
    left join (
        select invoice_id, invoice_date
        from marts.fct_invoices
        where invoice_id in (select credits_invoice_id from marts.fct_invoices)
    ) as originals on invoices.credits_invoice_id = originals.invoice_id
    left join orders on invoices.order_id = orders.order_id
    left join copies
        on invoices.customer_id = copies.customer_id
        and invoices.order_id = copies.order_id
        and invoices.gross_amount = copies.gross_amount
    left join marts.dim_customers as files on invoices.customer_id = files.customer_id
    where invoices.is_effective and invoices.invoice_date <= $as_of
),

found as (
    select
        *,
        concat_ws(
            ' ',
            if(has_orders and coalesce(order_id, '') = '' and not is_credit_note, 'no_order', null),
            if(has_orders and order_id <> '' and found_order_id is null, 'unknown_order', null),
            if(not is_order_valid and not is_credit_note, 'order_not_valid', null),
            if(order_customer_id <> customer_id, 'order_of_other_customer', null),
            if(order_currency <> currency, 'order_in_other_currency', null),
            if(invoice_date < order_date, 'before_its_order', null),
            if(is_copy and credited_amount is null and not is_credit_note, 'possible_duplicate', null),
            if(has_gross_mismatch, 'net_and_tax_miss_gross', null),
            if(abs(abs(tax_amount) - abs(expected_tax_amount)) > 0.01 * line_count, 'tax_misses_rate', null),
            if(is_digital and number_year is null or is_paper and not has_paper_form, 'number_form', null),
            if(is_digital and invoice_code is not null, 'digital_with_code', null),
            if(is_digital and number_year <> strftime(invoice_date, '%y'), 'number_of_other_year', null),
            if(invoice_type in ('special', 'digital_special') and buyer_tax_id is null, 'special_without_tax_id', null),
            if(buyer_tax_id <> file_tax_id, 'tax_id_differs_from_file', null),
            if(is_credit_note and original_invoice_id is null, 'credit_without_original', null),
            if(has_broken_link, 'credit_of_unknown_invoice', null),
            if(invoice_date < original_date, 'credit_before_invoice', null),
            if(credited_amount > gross_amount, 'credited_beyond_invoice', null),
            if(is_due_before_invoice, 'due_before_invoice', null),
            if(due_date_source = 'invoice_date' and not is_credit_note, 'no_terms', null)
        ) as codes
    from read
),

issues as (
    select
        * exclude (codes),
        unnest(string_split(codes, ' ')) as issue
    from found
    where codes <> ''
)

select
    issue,
    invoice_id,
    order_id,
    customer_id,
    currency,
    sales_rep,
    invoice_date,
    case issue
        when 'tax_misses_rate' then tax_amount
        when 'credited_beyond_invoice' then -credited_amount
        else gross_amount
    end as amount,
    case issue
        when 'tax_misses_rate' then expected_tax_amount
        when 'net_and_tax_miss_gross' then net_amount + tax_amount
        when 'credited_beyond_invoice' then -gross_amount
    end::decimal(18, 4) as expected_amount,
    base_gross_amount,
    if(issue like 'credit%', coalesce(original_invoice_id, credits_invoice_id), order_id) as related_id,
    file_no,
    source_row
from issues
