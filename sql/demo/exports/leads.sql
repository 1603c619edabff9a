-- One row is an inquiry.
with staged as (
    select
        leads.*,
        customers.customer_id,
        cards.customer_name,
        cards.phone,
        customers.region,
        customers.sales_rep,
        orders.order_id,
        orders.order_date,
        order_amounts.net_cents,
        customers.is_overseas,
        leads.created_date + 1 + draw(leads.lead_no, 'quote days', 9) as later_date,
        draw(leads.lead_no, 'stage', 100) as stage,
    from demo.leads
    left join demo.customers on customers.customer_no = leads.customer_no
    left join demo.customer_cards as cards on cards.customer_no = leads.customer_no
    left join demo.orders on orders.order_no = leads.order_no
    left join demo.order_amounts on order_amounts.order_no = leads.order_no
),

decided as (
    select
        *,
        case
            when order_id is not null then 'won'
            when stage < 46 then 'lost'
            when stage < 68 and later_date <= last_date then 'quoted'
            when stage < 84 then 'contacted'
            else 'new'
        end as status,
    from staged
    cross join (select max(date) as last_date from demo.days)
)

select
    'L' || lpad(lead_no::varchar, 7, '0') as lead_id,
    created_date,
    customer_id,
    coalesce(customer_name, ['某采购', '网站访客', '展会来客', '电话来客'][1 + lead_no % 4] || lead_no::varchar) as customer_name,
    coalesce(phone, '100' || lpad((90000000 - lead_no)::varchar, 8, '0')) as phone,
    ['官网', '展会', '转介绍', '电话开发', '电商平台'][1 + draw(lead_no, 'lead channel', 5)] as channel,
    coalesce(sales_rep, '公海') as sales_rep,
    coalesce(region, '未分配') as region,
    ['紧固件', '轴承传动', '电气元件', '气动液压', '工具量具', '劳保用品', '化工辅料'][1 + draw(lead_no, 'interest', 7)] as product_interest,
    if(draw(lead_no, 'has budget', 4) = 0, 10000 * (1 + draw(lead_no, 'budget', 60)), null)::decimal(18, 2) as budget,
    status,
    case
        when status = 'won' then least(later_date, order_date)
        when status = 'quoted' then later_date
    end as quoted_date,
    case
        when status = 'won' then money(net_cents)
        when status = 'quoted' then (1000 * (5 + draw(lead_no, 'quote', 90)))::decimal(18, 2)
    end as quote_amount,
    order_id as converted_order_id,
    if(status = 'lost', ['价格', '交期', '竞争对手', '需求取消'][1 + draw(lead_no, 'lost', 4)], null) as lost_reason,
from decided
order by lead_no
