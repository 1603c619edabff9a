-- One row is a customer: who they are, how much and how long they buy, and how they pay. Sizes follow 1 / u, the
-- Pareto law with exponent 1. About one in twelve is abroad and buys in US dollars.
with drawn as (
    select
        customer_no,
        draw(customer_no, 'overseas', 12) = 0 as is_overseas,
        draw(customer_no, 'type', 100) as type_draw,
        draw(customer_no, 'style', 100) as style_draw,
        draw(customer_no, 'payer', 100) as payer_draw,
        draw(customer_no, 'terms', 100) as terms_draw,
        -- Steps of a number without common factors with the count of names: no two customers share a name.
        (customer_no * 611953 + draw(0, 'names', 1000000)) % 1497600 as name_no,
        draw(customer_no, 'contact', 400) as contact_no,
        10000000 // (10 + draw(customer_no, 'size', 10000)) as size,
        case when draw(customer_no, 'existing', 100) < 35 then 0 else draw(customer_no, 'start', 31000) end as first_moment,
        draw(customer_no, 'churn', 100) < 28 as is_churning,
        draw(customer_no, 'prospect', 100) < 4 as is_prospect,
    from range(1, $customer_count + 1) as numbers (customer_no)
),

typed as (
    select
        *,
        1 + (name_no % 26)::integer as city_no,
        case
            when type_draw < 34 then '经销商'
            when type_draw < 62 then '生产企业'
            when type_draw < 80 then '零售连锁'
            when type_draw < 90 then '工程项目'
            else '电子商务'
        end as customer_type,
        case
            when is_overseas or style_draw < 55 then 'named'
            when style_draw < 67 then 'bulk'
            when style_draw < 82 then 'exact'
            when style_draw < 94 then 'account'
            else 'prepaid'
        end as payment_style,
        case
            when terms_draw < 6 then null
            when terms_draw < 14 then 0
            when terms_draw < 30 then 15
            when terms_draw < 62 then 30
            when terms_draw < 76 then 45
            when terms_draw < 92 then 60
            else 90
        end as payment_terms_days,
    from drawn
)

select
    customer_no,
    'C' || lpad(customer_no::varchar, 6, '0') as customer_id,
    is_overseas,
    customer_type,
    payment_style,
    payment_terms_days,
    coalesce(payment_terms_days, 30) as agreed_terms_days,
    name_no,
    city_no,
    contact_no,
    -- Projects pay late, e-commerce promptly.
    case
        when payer_draw + case customer_type when '工程项目' then 30 when '电子商务' then -25 else 0 end < 42 then 'prompt'
        when payer_draw + case customer_type when '工程项目' then 30 when '电子商务' then -25 else 0 end < 74 then 'usual'
        when payer_draw + case customer_type when '工程项目' then 30 when '电子商务' then -25 else 0 end < 93 then 'late'
        else 'bad'
    end as payer_type,
    if(is_overseas, 'USD', 'CNY') as currency,
    if(is_overseas, '海外', $city_regions[city_no]) as region,
    $channels[1 + draw(customer_no, 'channel', len($channels))] as channel,
    case
        when is_overseas then $sales_reps[15 + draw(customer_no, 'rep', 2)]
        else $sales_reps[2 * list_position($regions, $city_regions[city_no]) - draw(customer_no, 'rep', 2)]
    end as sales_rep,
    -- One project in three buys for whole sites.
    case
        when customer_type = '工程项目' and payment_style = 'named' and draw(customer_no, 'site', 3) = 0
            then 4 + draw(customer_no, 'scale', 8)
        else 1
    end as order_scale,
    is_prospect,
    first_moment,
    case
        when is_churning then least(32768, first_moment + 2500 + draw(customer_no, 'life', 16000))
        else 32768
    end as end_moment,
    case when is_prospect then 0 else size end as size,
from typed
