-- One row is a customer's file card: names, tax number, address, contact. Tax numbers follow GB 32100-2015: 91, the
-- district, an organisation code with its own check character (GB 11714), and a check character modulo 31.
with organisations as (
    select
        customer_no,
        -- A prime modulus: no two customers share an organisation code. MA as in those given since 2015.
        lpad(((customer_no * 48271 + draw(0, 'organisation', 900000)) % 999983)::varchar, 6, '0') as digits,
    from demo.customers
),

checked as (
    select
        customer_no,
        'MA' || digits
        || '0123456789X0'[
            -- 136 is the share of MA: 22 * 3 + 10 * 7.
            1 + 11 - ((136 + list_sum(list_transform(
                range(1, 7), lambda place: digits[place]::integer * [9, 10, 5, 8, 4, 2][place]
            ))) % 11)::integer
        ] as organisation_code,
    from organisations
),

numbered as (
    select
        checked.customer_no,
        '91' || $city_codes[customers.city_no] || checked.organisation_code as tax_body,
    from checked
    inner join demo.customers using (customer_no)
),

taxed as (
    select
        customer_no,
        tax_body
        || '0123456789ABCDEFGHJKLMNPQRTUWXY'[
            1 + (31 - list_sum(list_transform(
                range(1, 18),
                lambda place: (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', tax_body[place]) - 1)
                * [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28][place]
            )) % 31)::integer % 31
        ] as tax_id,
    from numbered
)

select
    customers.customer_no,
    if(
        customers.is_overseas,
        $foreign_sides[1 + customers.name_no // 153600] || $foreign_cities[1 + customers.name_no % 16]
        || ' ' || $first_words[1 + customers.name_no // 16 % 40]
        || ' ' || $second_words[1 + customers.name_no // 640 % 40]
        || ' ' || $foreign_forms[1 + customers.name_no // 25600 % 6],
        $cities[customers.city_no]
        || $syllables[1 + customers.name_no // 26 % 40]
        || $endings[1 + customers.name_no // 1040 % 40]
        || $industries[1 + customers.name_no // 41600 % 12]
        || $company_forms[1 + customers.name_no // 499200]
    ) as customer_name,
    if(customers.is_overseas, null, taxed.tax_id) as tax_id,
    if(
        customers.is_overseas,
        (1 + draw(customers.customer_no, 'house', 300))::varchar || ' Quay Street, '
        || $foreign_cities[1 + customers.name_no % 16],
        $cities[customers.city_no] || '市' || $streets[1 + draw(customers.customer_no, 'street', len($streets))]
        || (1 + draw(customers.customer_no, 'house', 300))::varchar || '号'
    ) as address,
    if(
        customers.is_overseas,
        $foreign_names[1 + customers.contact_no % len($foreign_names)],
        $family_names[1 + customers.contact_no % len($family_names)]
        || $given_names[1 + customers.contact_no // 20 % len($given_names)]
    ) as contact_name,
    -- Numbers that start with 100 are given to nobody.
    '100' || lpad(draw(customers.customer_no, 'phone', 100000000)::varchar, 8, '0') as phone,
    'buyer' || customers.customer_no::varchar || '@example.com' as email,
    $industries[1 + customers.name_no // 41600 % 12] as industry,
from demo.customers
inner join taxed using (customer_no)
