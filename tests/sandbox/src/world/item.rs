//! Items and their SKUs.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::yuan;
use crate::clock::Time;
use crate::codes;
use crate::error::ApiError;
use crate::fixtures::SELLER;

/// An item of the shop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Item id.
    pub num_iid: i64,
    /// Title.
    pub title: String,
    /// Price in fen.
    pub price: i64,
    /// Stock; with SKUs, the sum of theirs.
    pub num: i64,
    /// Leaf category.
    pub cid: i64,
    /// The seller's own code.
    pub outer_id: String,
    /// Description, HTML.
    pub desc: String,
    /// Postage in fen.
    pub post_fee: i64,
    /// On sale, or in the warehouse.
    pub onsale: bool,
    /// When it was made.
    pub created: Time,
    /// When it last changed.
    pub modified: Time,
    /// When it went, or goes, on sale.
    pub list_time: Time,
    /// Sold so far.
    pub sold_quantity: i64,
    /// Variants.
    pub skus: Vec<Sku>,
    /// Pictures; the first is the main one.
    pub pictures: Vec<Picture>,
}

/// A variant of an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sku {
    /// SKU id.
    pub sku_id: i64,
    /// `pid:vid` pairs joined by `;`.
    pub properties: String,
    /// The same with names: `pid:vid:name:value`.
    pub properties_name: String,
    /// Price in fen.
    pub price: i64,
    /// Stock.
    pub quantity: i64,
    /// The seller's own code.
    pub outer_id: String,
    /// When it was made.
    pub created: Time,
    /// When it last changed.
    pub modified: Time,
}

/// A picture of an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// Picture id.
    pub id: i64,
    /// Place among the pictures, from 0.
    pub position: i64,
    /// Where it is shown.
    pub url: String,
    /// When it was uploaded.
    pub created: Time,
}

impl Item {
    /// Changes the stock of the item or of one SKU: to a number, or by it.
    pub(crate) fn stock(
        &mut self,
        sku_id: Option<i64>,
        quantity: i64,
        relative: bool,
        now: Time,
    ) -> Result<(), ApiError> {
        let target = match sku_id {
            Some(id) => &mut self.sku_mut(id)?.quantity,
            None if self.skus.is_empty() => &mut self.num,
            None => {
                return Err(ApiError::service(
                    codes::STOCK_REFUSED,
                    "The item has SKUs: name the one whose stock changes.",
                ));
            }
        };
        let wanted = if relative { target.saturating_add(quantity) } else { quantity };
        if wanted < 0 {
            return Err(ApiError::service(
                codes::STOCK_NEGATIVE,
                format!("Stock would be {wanted}; it cannot fall below zero."),
            ));
        }
        *target = wanted;
        if let Some(sku) = sku_id.and_then(|id| self.skus.iter_mut().find(|s| s.sku_id == id)) {
            sku.modified = now;
        }
        self.touch(now);
        Ok(())
    }

    /// A SKU of this item.
    pub(crate) fn sku_mut(&mut self, sku_id: i64) -> Result<&mut Sku, ApiError> {
        self.skus
            .iter_mut()
            .find(|s| s.sku_id == sku_id)
            .ok_or_else(|| ApiError::service(codes::SKU_NOT_EXIST, "The item has no such SKU."))
    }

    /// After a change: the sum of the stock and the time.
    pub(crate) fn touch(&mut self, now: Time) {
        if !self.skus.is_empty() {
            self.num = self.skus.iter().map(|s| s.quantity).fold(0, i64::saturating_add);
        }
        self.modified = now;
    }

    /// Every field the sandbox knows, by its name on the wire.
    pub(crate) fn to_json(&self) -> Value {
        let pictures: Vec<Value> = self.pictures.iter().map(Picture::to_json).collect();
        let delist = self.list_time.plus_minutes(7 * 24 * 60).to_string();
        json!({
            "num_iid": self.num_iid, "iid": self.num_iid.to_string(), "title": self.title, "nick": SELLER, "type": "fixed", "cid": self.cid,
            "seller_cids": "", "props": "", "desc": self.desc, "pic_url": self.pictures.first().map(|p| &p.url), "num": self.num,
            "price": yuan(self.price), "outer_id": self.outer_id, "post_fee": yuan(self.post_fee), "express_fee": yuan(self.post_fee),
            "ems_fee": yuan(self.post_fee), "approve_status": if self.onsale { "onsale" } else { "instock" }, "created": self.created,
            "modified": self.modified, "list_time": self.list_time, "delist_time": delist, "valid_thru": 7, "stuff_status": "new",
            "location": {"city": "杭州", "state": "浙江"}, "freight_payer": "buyer", "has_discount": false, "has_invoice": true, "has_warranty": false,
            "has_showcase": false, "is_virtual": false, "is_taobao": true, "is_ex": true, "is_3D": false, "violation": false, "postage_id": 0,
            "product_id": 0, "sub_stock": 2, "sold_quantity": self.sold_quantity, "volume": self.sold_quantity, "with_hold_quantity": 0,
            "detail_url": format!("http://item.example.com/item.htm?id={}", self.num_iid), "item_imgs": pictures,
            "skus": self.skus.iter().map(|s| s.to_json(self.num_iid)).collect::<Vec<_>>(),
        })
    }
}

impl Sku {
    /// Every field the sandbox knows, by its name on the wire.
    pub(crate) fn to_json(&self, num_iid: i64) -> Value {
        json!({
            "sku_id": self.sku_id, "num_iid": num_iid, "iid": num_iid.to_string(), "properties": self.properties, "properties_name": self.properties_name,
            "price": yuan(self.price), "quantity": self.quantity, "outer_id": self.outer_id, "created": self.created, "modified": self.modified,
            "status": "normal", "with_hold_quantity": 0, "sku_spec_id": 0, "barcode": "",
        })
    }
}

impl Picture {
    /// Every field the sandbox knows, by its name on the wire.
    pub(crate) fn to_json(&self) -> Value {
        json!({"id": self.id, "position": self.position, "url": self.url, "created": self.created})
    }
}
