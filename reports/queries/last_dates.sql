-- One row is one kind of export and the last business date in it up to $as_of.
select 'orders' as kind, max(order_date) as last_date from marts.fct_orders where order_date <= $as_of
union all
select 'invoices', max(invoice_date) from marts.fct_invoices where invoice_date <= $as_of
union all
select 'payments', max(payment_date) from marts.fct_payments where payment_date <= $as_of
union all
select 'leads', max(created_date) from marts.fct_leads where created_date <= $as_of
union all
select 'returns', max(return_date) from marts.fct_returns where return_date <= $as_of
union all
select 'deliveries', max(coalesce(delivered_date, shipped_date)) from marts.fct_deliveries
where coalesce(delivered_date, shipped_date) <= $as_of
union all
select 'reviews', max(review_date) from marts.fct_reviews where review_date <= $as_of
union all
select 'collections', max(contact_date) from staging.stg_collections where contact_date <= $as_of
