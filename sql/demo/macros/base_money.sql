-- Ten-thousandths of the base currency (cents x rate in hundredths) as an exact amount.
create or replace macro base_money(ten_thousandths) as (
    (ten_thousandths::decimal(24, 0) * 0.0001)::decimal(24, 4)
);
