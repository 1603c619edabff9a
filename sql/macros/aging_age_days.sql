-- The days of age that an item has on the day `as_of`: from its due date by basis 'due' (or 'due_date'), from its own date by
-- basis 'invoice' (or 'invoice_date'). Any other word fails as it is cast.
create or replace macro aging_age_days(as_of, basis, due_date, document_date) as date_diff(
    'day',
    if(
        starts_with(basis::enum('due', 'due_date', 'invoice', 'invoice_date')::varchar, 'due'),
        due_date,
        document_date
    ),
    as_of::date
);
