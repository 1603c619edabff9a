-- The number of the bucket that an age falls into: (lower, upper], one number a bound and one beyond all; 0 is what is not due,
-- by a basis that begins with 'due'.
create or replace macro aging_bucket_no(basis, bounds, age_days) as if(
    starts_with(basis, 'due') and age_days <= 0,
    0,
    1 + len(list_filter(bounds, lambda bound: bound < age_days))
)::integer;
