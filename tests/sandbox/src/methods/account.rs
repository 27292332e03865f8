//! The seller, the shop, the time.

use serde_json::json;

use super::{Reply, one};
use crate::args::Args;
use crate::fixtures::{SELLER, SELLER_ID};
use crate::world::World;

/// `taobao.time.get`.
pub(super) fn time(_: &mut World, args: &Args<'_>) -> Reply {
    Ok(one("time", json!(args.now)))
}

/// `taobao.user.seller.get`.
pub(super) fn seller(world: &mut World, _: &Args<'_>) -> Reply {
    let good = world.rates.iter().filter(|r| !r.by_seller && r.result == "good").count();
    let all = world.rates.iter().filter(|r| !r.by_seller).count();
    let user = json!({
        "user_id": SELLER_ID, "nick": SELLER, "sex": "m", "type": "C", "status": "normal", "has_shop": true, "has_more_pic": true,
        "item_img_num": 5, "item_img_size": 3_145_728, "prop_img_num": 24, "prop_img_size": 3_145_728, "auto_repost": "unlimited",
        "promoted_type": "authentication", "alipay_bind": "bind", "consumer_protection": true, "avatar": "http://img.example.com/seller.jpg",
        "liangpin": false, "sign_food_seller_promise": false, "is_lightning_consignment": false, "has_sub_stock": true, "is_golden_seller": false,
        "vip_info": "c", "magazine_subscribe": false, "online_gaming": false, "vertical_market": "", "is_tjb_seller": false,
        "seller_credit": {"level": 5, "score": 500, "total_num": all, "good_num": good},
    });
    Ok(one("user", user))
}

/// `taobao.user.buyer.get`: the session's user as a buyer.
pub(super) fn buyer(_: &mut World, _: &Args<'_>) -> Reply {
    Ok(one(
        "user",
        json!({"nick": SELLER, "sex": "m", "avatar": "http://img.example.com/seller.jpg", "open_uid": format!("AAH{SELLER_ID:029}")}),
    ))
}

/// `taobao.shop.seller.get`.
pub(super) fn shop(_: &mut World, _: &Args<'_>) -> Reply {
    Ok(one("shop", json!({"sid": 60_000_001, "title": "Sandbox shop", "pic_path": "/sandbox/shop.jpg"})))
}
