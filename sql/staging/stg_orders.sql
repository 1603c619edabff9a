-- One row is one order line of the current documents: lines exported with their order repeated on each, lines put
-- together with their header (staging.order_lines_with_headers), and orders without any line (has_lines is false, no value).
-- Amounts, in the document's currency, at 4 decimals, never rounded to cents here:
-- - gross = quantity x the line's unit price, else the amount given, else quantity x the product list's price;
-- - discount = the line's own (amount, else rate x gross) + its share of the order's: in proportion to the line's value,
--   parts adding up exactly (rounded down, then 0.0001 each to the largest remainders);
-- - net = gross - discount. Prices that include tax are taken net by the tax rate, or by the tax amount given.
-- A price that is nowhere leaves the amounts null, a missing rate the base amount: validation quarantines both.
-- DuckDB: decimal / decimal gives DOUBLE, so exact division is done on whole units (10000 a currency unit). The product of
-- two decimals of 18 digits stays in 18 and overflows; 38 digits round 50 times slower: so large values alone are widened.
with
documents as not materialized (
    select *, true as has_lines
    from raw.orders
    union all by name
    select *
    from staging.order_lines_with_headers
),

valued as not materialized (
    select
        documents.file_no,
        documents.source_row,
        documents.order_id,
        documents.order_discount_amount,
        coalesce(documents.unit_price, case when documents.amount is null then products.unit_price end) as price,
        price as unit_price,
        coalesce(documents.product_name, products.product_name) as product_name,
        coalesce(documents.product_category, products.product_category) as product_category,
        coalesce(documents.currency, $base_currency) as currency,
        case
            when documents.quantity is null or price is null
                then coalesce(documents.amount, case when not documents.has_lines then 0 end)
            when abs(documents.quantity) < 10000 and abs(price) < 10000
                then round(documents.quantity * price, 4)
            else round(documents.quantity::decimal(38, 4) * price, 4)
        end::decimal(18, 4) as gross_entered,
        coalesce(
            documents.discount_amount, round(documents.discount_rate::decimal(38, 6) * gross_entered, 4), 0
        )::decimal(18, 4) as line_discount_amount,
        documents.* exclude (
            file_no, source_row, order_id, order_discount_amount, unit_price, product_name, product_category, currency
        )
    from documents
    left join staging.stg_products as products
        on documents.product_id = products.product_id and not products.is_repeated
),

weighed as (
    select
        file_no,
        source_row,
        order_id,
        (max(order_discount_amount) over (partition by order_id)::decimal(38, 4) * 10000)::hugeint as discount_units,
        (greatest(gross_entered - line_discount_amount, 0)::decimal(38, 4) * 10000)::hugeint as line_units,
        sum(line_units) over (partition by order_id) as order_units
    from valued
    where order_id in (select order_id from valued where order_discount_amount <> 0)
),

ranked as (
    select
        *,
        case when order_units > 0 then abs(discount_units) * line_units // order_units else 0 end as floor_units,
        sum(floor_units) over (partition by order_id) as floored_units,
        row_number() over (
            partition by order_id
            order by
                case when order_units > 0 then abs(discount_units) * line_units % order_units else 0 end desc,
                file_no,
                source_row
        ) as place
    from weighed
),

shares as (
    select
        file_no,
        source_row,
        sign(discount_units) * case
            when order_units > 0 then floor_units + (place <= abs(discount_units) - floored_units)::integer
            -- Nothing to be in proportion to: the first line carries the discount.
            when place = 1 then abs(discount_units)
            else 0
        end as share_units
    from ranked
),

entered as (
    select
        valued.*,
        coalesce(shares.share_units * 0.0001, 0)::decimal(18, 4) as order_discount_share_amount,
        valued.gross_entered - valued.line_discount_amount - order_discount_share_amount as net_entered,
        case when valued.price_includes_tax then 1000000 + (valued.tax_rate * 1000000)::hugeint end as divisor
    from valued
    left join shares on valued.file_no = shares.file_no and valued.source_row = shares.source_row
),

untaxed as (
    select
        *,
        case
            when divisor is not null
                then sign(gross_entered) * 0.0001
                    * (((abs(gross_entered)::decimal(38, 4) * 10000)::hugeint * 2000000 + divisor) // (2 * divisor))
            when price_includes_tax then gross_entered - coalesce(tax_amount, 0)
            else gross_entered
        end::decimal(18, 4) as gross_amount,
        case
            when divisor is not null
                then sign(net_entered) * 0.0001
                    * (((abs(net_entered)::decimal(38, 4) * 10000)::hugeint * 2000000 + divisor) // (2 * divisor))
            when price_includes_tax then net_entered - coalesce(tax_amount, 0)
            else net_entered
        end::decimal(18, 4) as net_amount
    from entered
)

select
    untaxed.* exclude (price, gross_entered, net_entered, divisor, tax_amount),
    case
        when untaxed.divisor is not null then untaxed.net_entered - untaxed.net_amount
        when untaxed.tax_amount is not null then untaxed.tax_amount
        when untaxed.tax_rate is null then 0
        when abs(untaxed.net_amount) < 100000 then round(untaxed.net_amount * untaxed.tax_rate, 4)
        else round(untaxed.net_amount::decimal(38, 4) * untaxed.tax_rate, 4)
    end::decimal(18, 4) as tax_amount,
    coalesce(untaxed.status, 'confirmed') not in ('draft', 'cancelled') as is_valid,
    coalesce(untaxed.status, '') = 'cancelled' as is_cancelled,
    case when untaxed.currency = $base_currency then 1 else rates.rate end::decimal(18, 8) as fx_rate,
    case
        when untaxed.currency = $base_currency then untaxed.net_amount
        else round(untaxed.net_amount::decimal(38, 4) * rates.rate, 4)
    end::decimal(18, 4) as base_net_amount
from untaxed
left join staging.order_fx_rates as rates
    on untaxed.currency = rates.currency and untaxed.order_date = rates.order_date
