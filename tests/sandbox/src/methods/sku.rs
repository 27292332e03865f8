//! SKUs.

use serde_json::Value;

use super::item::{changed, relative};
use super::{Reply, one};
use crate::args::Args;
use crate::codes;
use crate::error::ApiError;
use crate::world::{Sku, World};

/// `taobao.item.sku.get`.
pub(super) fn get(world: &mut World, args: &Args<'_>) -> Reply {
    let (sku_id, num_iid) = (args.need_int("sku_id")?, args.int("num_iid")?);
    let mut items = world.items.values().filter(|i| num_iid.is_none_or(|id| i.num_iid == id));
    let found = items.find_map(|i| i.skus.iter().find(|s| s.sku_id == sku_id).map(|s| s.to_json(i.num_iid)));
    found
        .map(|sku| one("sku", sku))
        .ok_or_else(|| ApiError::service(codes::SKU_NOT_EXIST, "The seller has no such SKU."))
}

/// `taobao.item.skus.get`.
pub(super) fn list(world: &mut World, args: &Args<'_>) -> Reply {
    let ids = args.ints("num_iids")?;
    let items = ids.iter().filter_map(|id| world.items.get(id));
    let skus = items.flat_map(|i| i.skus.iter().map(|s| s.to_json(i.num_iid))).collect();
    Ok(one("skus", Value::Array(skus)))
}

/// `taobao.item.sku.add`.
pub(super) fn add(world: &mut World, args: &Args<'_>) -> Reply {
    let (num_iid, properties) = (args.need_int("num_iid")?, args.need_text("properties")?);
    let (quantity, price) = (args.need_int("quantity")?, args.fen("price")?.ok_or_else(|| ApiError::missing("price"))?);
    stock_or_more(quantity)?;
    if world.item(num_iid)?.skus.iter().any(|s| same(&s.properties, properties)) {
        return Err(ApiError::service(codes::SKU_PROPERTIES, "The item has a SKU with these properties."));
    }
    let fresh = world.fresh();
    let item = world.item(num_iid)?;
    let sku = Sku {
        sku_id: num_iid.saturating_mul(10).saturating_add(fresh),
        properties: properties.to_owned(),
        properties_name: properties.to_owned(),
        price,
        quantity,
        outer_id: args.text("outer_id").unwrap_or_default().to_owned(),
        created: args.now,
        modified: args.now,
    };
    let answer = sku.to_json(num_iid);
    item.skus.push(sku);
    item.price = args.fen("item_price")?.unwrap_or(item.price);
    item.touch(args.now);
    Ok(one("sku", answer))
}

/// `taobao.item.sku.update`: the SKU with these properties.
pub(super) fn update(world: &mut World, args: &Args<'_>) -> Reply {
    let (num_iid, properties) = (args.need_int("num_iid")?, args.need_text("properties")?);
    let (quantity, price, item_price) = (args.int("quantity")?, args.fen("price")?, args.fen("item_price")?);
    stock_or_more(quantity.unwrap_or_default())?;
    let item = world.item(num_iid)?;
    let sku = item.skus.iter_mut().find(|s| same(&s.properties, properties));
    let sku =
        sku.ok_or_else(|| ApiError::service(codes::SKU_PROPERTIES, "The item has no SKU with these properties."))?;
    sku.quantity = quantity.unwrap_or(sku.quantity);
    sku.price = price.unwrap_or(sku.price);
    sku.outer_id = args.text("outer_id").map_or(std::mem::take(&mut sku.outer_id), str::to_owned);
    sku.modified = args.now;
    let answer = sku.to_json(num_iid);
    item.price = item_price.unwrap_or(item.price);
    item.touch(args.now);
    Ok(one("sku", answer))
}

/// `taobao.item.sku.delete`.
pub(super) fn delete(world: &mut World, args: &Args<'_>) -> Reply {
    let properties = args.need_text("properties")?;
    let item = world.item(args.need_int("num_iid")?)?;
    let at = item.skus.iter().position(|s| same(&s.properties, properties));
    let at =
        at.ok_or_else(|| ApiError::service(codes::SKU_PROPERTIES, "The item has no SKU with these properties."))?;
    let mut sku = item.skus.remove(at);
    sku.modified = args.now;
    if item.skus.is_empty() {
        item.num = 0;
    }
    item.touch(args.now);
    Ok(one("sku", sku.to_json(item.num_iid)))
}

/// `taobao.skus.quantity.update`: `sku:quantity` pairs joined by `;`, by id or by the seller's code. All or none.
pub(super) fn quantities(world: &mut World, args: &Args<'_>) -> Reply {
    let relative = relative(args)?;
    let item = world.item(args.need_int("num_iid")?)?;
    let mut wanted = Vec::new();
    for (name, by_code) in [("skuid_quantities", false), ("outerid_quantities", true)] {
        for pair in args.text(name).unwrap_or_default().split(';').filter(|p| !p.is_empty()) {
            let bad = || ApiError::invalid(name, "Must be sku:quantity pairs joined by semicolons.");
            let (key, quantity) = pair.rsplit_once(':').ok_or_else(bad)?;
            let quantity: i64 = quantity.trim().parse().map_err(|_| bad())?;
            let sku = item.skus.iter().find(|s| if by_code { s.outer_id == key } else { s.sku_id.to_string() == key });
            let sku = sku.ok_or_else(|| ApiError::service(codes::SKU_NOT_EXIST, "The item has no such SKU."))?;
            wanted.push((sku.sku_id, quantity));
        }
    }
    if wanted.is_empty() {
        return Err(ApiError::missing("skuid_quantities"));
    }
    let mut changed_item = item.clone();
    for (sku_id, quantity) in wanted {
        changed_item.stock(Some(sku_id), quantity, relative, args.now)?;
    }
    *item = changed_item;
    Ok(changed(world, args, "ItemStockChanged"))
}

fn stock_or_more(quantity: i64) -> Result<(), ApiError> {
    if quantity >= 0 {
        Ok(())
    } else {
        Err(ApiError::service(codes::STOCK_NEGATIVE, format!("Stock would be {quantity}; it cannot fall below zero.")))
    }
}

/// Whether two property lists are the same whatever their order.
fn same(a: &str, b: &str) -> bool {
    let parts = |text: &str| {
        let mut parts: Vec<String> = text.split(';').map(|p| p.trim().to_owned()).filter(|p| !p.is_empty()).collect();
        parts.sort();
        parts
    };
    parts(a) == parts(b)
}
