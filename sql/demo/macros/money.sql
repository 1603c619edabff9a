-- Cents as an exact amount. The demo reckons in whole cents, so no figure of it ever needs rounding.
create or replace macro money(cents) as (
    (cents::decimal(18, 0) * 0.01)::decimal(18, 2)
);
