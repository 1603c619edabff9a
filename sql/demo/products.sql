-- One row is a product of the price list: goods by the piece, goods by weight in half kilograms, and services.
select
    product_no,
    'P' || lpad(product_no::varchar, 4, '0') as product_id,
    $product_names[product_no] as product_name,
    $product_categories[product_no] as product_category,
    $product_specifications[product_no] as specification,
    $product_categories[product_no] = '技术服务' as is_service,
    $product_categories[product_no] = '化工辅料' as is_by_weight,
    -- An even number of cents, so that half a kilogram costs whole cents.
    ($product_prices[product_no] * 100)::bigint as price_cents,
    -- Cheap goods are bought by the hundred, dear ones by the piece.
    greatest(2, 6000 // $product_prices[product_no])::integer as usual_quantity,
from range(1, len($product_names) + 1) as numbers (product_no)
