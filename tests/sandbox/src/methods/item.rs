//! Items.

use serde_json::{Value, json};

use super::{Reply, listed, one};
use crate::args::Args;
use crate::codes;
use crate::error::ApiError;
use crate::world::{Item, Picture, World};

/// Most items that one call names.
const MAX_IDS: usize = 20;

/// `taobao.item.seller.get` and the article's `taobao.item.get`.
pub(super) fn get(world: &mut World, args: &Args<'_>) -> Reply {
    Ok(one("item", world.item(args.need_int("num_iid")?)?.to_json()))
}

/// `taobao.items.seller.list.get`: unknown ids are left out.
pub(super) fn list_by_ids(world: &mut World, args: &Args<'_>) -> Reply {
    let ids = args.ints("num_iids")?;
    if ids.len() > MAX_IDS {
        return Err(ApiError::invalid("num_iids", format!("More than {MAX_IDS} ids.")));
    }
    let items = ids.iter().filter_map(|id| world.items.get(id)).map(Item::to_json).collect();
    Ok(one("items", Value::Array(items)))
}

/// The article's `taobao.items.list`: the named items, or a page of all.
pub(super) fn list(world: &mut World, args: &Args<'_>) -> Reply {
    if args.text("num_iids").is_some() { list_by_ids(world, args) } else { filtered(world, args, |_| true) }
}

/// `taobao.items.custom.get`: by the seller's own code.
pub(super) fn list_by_code(world: &mut World, args: &Args<'_>) -> Reply {
    let code = args.need_text("outer_id")?;
    let items = world.items.values().filter(|i| i.outer_id == code).map(Item::to_json).collect();
    Ok(one("items", Value::Array(items)))
}

/// `taobao.items.onsale.get`.
pub(super) fn onsale(world: &mut World, args: &Args<'_>) -> Reply {
    filtered(world, args, |i| i.onsale)
}

/// `taobao.items.inventory.get`.
pub(super) fn inventory(world: &mut World, args: &Args<'_>) -> Reply {
    let sold_out = args.text("banner") == Some("sold_out");
    filtered(world, args, move |i| !i.onsale && (!sold_out || i.num == 0))
}

fn filtered(world: &World, args: &Args<'_>, wanted: impl Fn(&Item) -> bool) -> Reply {
    let (q, cid) = (args.text("q").map(str::to_lowercase), args.int("cid")?);
    let (from, to) = (args.time("start_modified")?, args.time("end_modified")?);
    let mut items: Vec<&Item> = world
        .items
        .values()
        .filter(|i| wanted(i))
        .filter(|i| q.as_ref().is_none_or(|q| i.title.to_lowercase().contains(q)))
        .filter(|i| cid.is_none_or(|cid| i.cid == cid))
        .filter(|i| from.is_none_or(|t| i.modified >= t) && to.is_none_or(|t| i.modified <= t))
        .collect();
    let (key, way) = args.text("order_by").and_then(|o| o.split_once(':')).unwrap_or(("modified", "desc"));
    match key {
        "num" => items.sort_by_key(|i| i.num),
        "sold_quantity" => items.sort_by_key(|i| i.sold_quantity),
        "list_time" => items.sort_by_key(|i| i.list_time),
        "modified" => items.sort_by_key(|i| i.modified),
        _ => return Err(ApiError::invalid("order_by", "Not one of list_time, num, sold_quantity, modified.")),
    }
    if way != "asc" {
        items.reverse();
    }
    let items = items.into_iter().map(Item::to_json).collect();
    Ok(listed("items", args, args.page(items, 40)?))
}

/// The article's `taobao.item.update`: whatever of title, price, stock, code and description is given.
pub(super) fn update(world: &mut World, args: &Args<'_>) -> Reply {
    let (price, num, cid) = (args.fen("price")?, args.int("num")?, args.int("cid")?);
    let onsale = match args.text("approve_status") {
        None => None,
        Some("onsale") => Some(true),
        Some("instock") => Some(false),
        Some(_) => return Err(ApiError::invalid("approve_status", "Must be onsale or instock.")),
    };
    if num.is_some_and(|n| n < 0) {
        return Err(ApiError::service("isv.invalid-parameter:num", "Stock cannot fall below zero."));
    }
    let item = world.item(args.need_int("num_iid")?)?;
    if num.is_some() && !item.skus.is_empty() {
        return Err(ApiError::service("isv.invalid-parameter:num", "The item has SKUs: change their stock instead."));
    }
    item.title = args.text("title").map_or(std::mem::take(&mut item.title), str::to_owned);
    item.outer_id = args.text("outer_id").map_or(std::mem::take(&mut item.outer_id), str::to_owned);
    item.desc = args.text("desc").map_or(std::mem::take(&mut item.desc), str::to_owned);
    item.price = price.unwrap_or(item.price);
    item.num = num.unwrap_or(item.num);
    item.cid = cid.unwrap_or(item.cid);
    item.onsale = onsale.unwrap_or(item.onsale);
    item.touch(args.now);
    Ok(changed(world, args, "ItemUpdate"))
}

/// `taobao.item.quantity.update`.
pub(super) fn quantity(world: &mut World, args: &Args<'_>) -> Reply {
    let (quantity, relative, named) = (args.need_int("quantity")?, relative(args)?, args.int("sku_id")?);
    let item = world.item(args.need_int("num_iid")?)?;
    let by_code = args.text("outer_id").map(|code| item.skus.iter().find(|s| s.outer_id == code).map(|s| s.sku_id));
    let sku = match (named, by_code) {
        (None, Some(None)) => {
            return Err(ApiError::service(codes::SKU_NOT_EXIST, "No SKU of the item has this outer_id."));
        }
        (named, by_code) => named.or(by_code.flatten()),
    };
    item.stock(sku, quantity, relative, args.now)?;
    Ok(changed(world, args, "ItemStockChanged"))
}

/// Whether `type` says that quantities are differences.
pub(super) fn relative(args: &Args<'_>) -> Result<bool, ApiError> {
    match args.int("type")?.unwrap_or(1) {
        1 => Ok(false),
        2 => Ok(true),
        _ => Err(ApiError::invalid("type", "Must be 1 (whole stock) or 2 (difference).")),
    }
}

/// `taobao.item.update.listing`.
pub(super) fn listing(world: &mut World, args: &Args<'_>) -> Reply {
    let num = args.need_int("num")?;
    let item = world.item(args.need_int("num_iid")?)?;
    let stock = if item.skus.is_empty() { num } else { item.num };
    if stock <= 0 {
        return Err(ApiError::service("isv.invalid-parameter:num", "An item without stock cannot go on sale."));
    }
    item.num = stock;
    item.onsale = true;
    item.list_time = args.now;
    item.touch(args.now);
    Ok(changed(world, args, "ItemUpshelf"))
}

/// `taobao.item.update.delisting`.
pub(super) fn delisting(world: &mut World, args: &Args<'_>) -> Reply {
    let item = world.item(args.need_int("num_iid")?)?;
    item.onsale = false;
    item.touch(args.now);
    Ok(changed(world, args, "ItemDownshelf"))
}

/// `taobao.item.img.upload`: adds a picture, or replaces the one with this id.
pub(super) fn picture_upload(world: &mut World, args: &Args<'_>) -> Reply {
    let (id, position, num_iid) = (args.int("id")?, args.int("position")?, args.need_int("num_iid")?);
    if id.is_none() && args.file("image").is_none() {
        return Err(ApiError::missing("image"));
    }
    world.item(num_iid)?;
    let fresh = world.fresh();
    let item = world.item(num_iid)?;
    let place = if args.flag("is_major") { 0 } else { position.unwrap_or(item.pictures.len() as i64) };
    let id = id.unwrap_or(num_iid.saturating_mul(100).saturating_add(fresh));
    let picture = Picture { id, position: place, url: format!("http://img.example.com/{id}.jpg"), created: args.now };
    item.pictures.retain(|p| p.id != id);
    let at = usize::try_from(place).unwrap_or_default().min(item.pictures.len());
    item.pictures.insert(at, picture.clone());
    item.touch(args.now);
    Ok(one("item_img", picture.to_json()))
}

/// `taobao.item.img.delete`.
pub(super) fn picture_delete(world: &mut World, args: &Args<'_>) -> Reply {
    let id = args.need_int("id")?;
    let item = world.item(args.need_int("num_iid")?)?;
    let at = item.pictures.iter().position(|p| p.id == id);
    let at = at.ok_or_else(|| ApiError::service("isv.invalid-parameter:id", "The item has no such picture."))?;
    let picture = item.pictures.remove(at);
    item.touch(args.now);
    Ok(one("item_img", json!({"id": picture.id, "created": picture.created})))
}

/// Publishes a change and answers with the item.
pub(super) fn changed(world: &mut World, args: &Args<'_>, event: &str) -> serde_json::Map<String, Value> {
    let id = args.int("num_iid").ok().flatten().unwrap_or_default();
    let Some(item) = world.items.get(&id) else { return serde_json::Map::new() };
    let value = item.to_json();
    let content = json!({"num_iid": id, "nick": crate::fixtures::SELLER, "title": item.title, "num": item.num});
    world.publish(&format!("taobao_item_{event}"), content, args.now);
    one("item", value)
}
