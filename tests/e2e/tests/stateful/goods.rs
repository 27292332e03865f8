//! Items, their SKUs, stock and pictures.

use topsdk::item::{
    ApproveStatus, Item, ItemImgDelete, ItemImgUpload, ItemQuantityUpdate, ItemSellerGet, ItemSkuAdd, ItemSkuDelete,
    ItemSkuGet, ItemSkuUpdate, ItemSkusGet, ItemUpdate, ItemUpdateDelisting, ItemUpdateListing, ItemsInventoryGet,
    ItemsOnsaleGet, SkusQuantityUpdate,
};
use topsdk::{Client, Fields, Money};
use topsdk_e2e::file;
use topsdk_sandbox::fixtures::{FIRST_ITEM, FIRST_SKU, ITEM_IN_STOCK, ITEM_WITH_SKUS};

use crate::support::{client, sandbox};

async fn item(client: &Client, num_iid: i64) -> Item {
    client.call(ItemSellerGet::new(Fields::all(), num_iid)).await.unwrap().into_inner().item.unwrap()
}

#[tokio::test]
async fn title_and_price() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let price: Money = "12.50".parse().unwrap();
    client.call(ItemUpdate::new(FIRST_ITEM).title("瓷杯 & <三号>").price(price)).await.unwrap();
    let item = item(&client, FIRST_ITEM).await;
    assert_eq!((item.title.as_deref(), item.price), (Some("瓷杯 & <三号>"), Some(price)));
}

#[tokio::test]
async fn stock_whole_and_by_difference() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    client.call(ItemQuantityUpdate::new(FIRST_ITEM, 30)).await.unwrap();
    assert_eq!(item(&client, FIRST_ITEM).await.num, Some(30));
    let less = client.call(ItemQuantityUpdate::new(FIRST_ITEM, -4).type_("2".into())).await.unwrap();
    assert_eq!(less.item.as_ref().unwrap().num, Some(26));
    assert_eq!(item(&client, FIRST_ITEM).await.num, Some(26));
}

#[tokio::test]
async fn stock_of_skus() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let before = item(&client, ITEM_WITH_SKUS).await;
    client.call(ItemQuantityUpdate::new(ITEM_WITH_SKUS, 7).sku_id(FIRST_SKU)).await.unwrap();
    let sku = client.call(ItemSkuGet::new(Fields::all(), FIRST_SKU)).await.unwrap().into_inner().sku.unwrap();
    assert_eq!((sku.sku_id, sku.quantity), (Some(FIRST_SKU), Some(7)));
    let changed = before.skus[0].quantity.unwrap() - 7;
    assert_eq!(item(&client, ITEM_WITH_SKUS).await.num, before.num.map(|num| num - changed));

    let second = before.skus[1].sku_id.unwrap();
    let both = format!("{FIRST_SKU}:1;{second}:2");
    client.call(SkusQuantityUpdate::new(ITEM_WITH_SKUS).skuid_quantities(both)).await.unwrap();
    let skus = client.call(ItemSkusGet::new(Fields::all(), [ITEM_WITH_SKUS])).await.unwrap().into_inner().skus;
    assert_eq!((skus[0].quantity, skus[1].quantity), (Some(1), Some(2)));
}

#[tokio::test]
async fn a_sku_comes_changes_and_goes() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let skus = async || item(&client, ITEM_WITH_SKUS).await.skus;
    let count = skus().await.len();
    let (price, other): (Money, Money) = ("88.00".parse().unwrap(), "99.90".parse().unwrap());
    let properties = "1627207:99;20509:77";
    let added = client.call(ItemSkuAdd::new(ITEM_WITH_SKUS, properties, 5, price).outer_id("NEW-1")).await.unwrap();
    let id = added.sku.as_ref().unwrap().sku_id;
    let new = skus().await.into_iter().find(|sku| sku.sku_id == id).unwrap();
    assert_eq!(
        (new.properties.as_deref(), new.quantity, new.price, new.outer_id.as_deref()),
        (Some(properties), Some(5), Some(price), Some("NEW-1"))
    );
    client.call(ItemSkuUpdate::new(ITEM_WITH_SKUS, properties).price(other).quantity(6)).await.unwrap();
    let changed = client.call(ItemSkuGet::new(Fields::all(), id.unwrap())).await.unwrap().into_inner().sku.unwrap();
    assert_eq!((changed.quantity, changed.price, changed.outer_id.as_deref()), (Some(6), Some(other), Some("NEW-1")));
    client.call(ItemSkuDelete::new(ITEM_WITH_SKUS, properties)).await.unwrap();
    assert_eq!(skus().await.len(), count);
}

#[tokio::test]
async fn on_sale_and_back() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let on_sale = async |id: i64| {
        let listed = client.call(ItemsOnsaleGet::new("num_iid").page_size(200)).await.unwrap();
        let stored = client.call(ItemsInventoryGet::new("num_iid").page_size(200)).await.unwrap();
        let (listed, stored) = (
            listed.items.iter().any(|item| item.num_iid == Some(id)),
            stored.items.iter().any(|item| item.num_iid == Some(id)),
        );
        assert_ne!(listed, stored, "an item is in one of the two");
        listed
    };
    assert!(!on_sale(ITEM_IN_STOCK).await);
    client.call(ItemUpdateListing::new(ITEM_IN_STOCK, 3)).await.unwrap();
    assert!(on_sale(ITEM_IN_STOCK).await);
    assert_eq!(item(&client, ITEM_IN_STOCK).await.approve_status, Some(ApproveStatus::Onsale));
    client.call(ItemUpdateDelisting::new(FIRST_ITEM)).await.unwrap();
    assert!(!on_sale(FIRST_ITEM).await);
    // Without SKUs, the number is the item's stock.
    client.call(ItemUpdateListing::new(FIRST_ITEM, 3)).await.unwrap();
    assert!(on_sale(FIRST_ITEM).await);
    assert_eq!(item(&client, FIRST_ITEM).await.num, Some(3));
}

#[tokio::test]
async fn pictures() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let before = item(&client, FIRST_ITEM).await.item_imgs.len();
    let picture = client.call(ItemImgUpload::new(FIRST_ITEM).image(file("side.gif"))).await.unwrap();
    let picture = picture.into_inner().item_img.unwrap();
    let now = item(&client, FIRST_ITEM).await.item_imgs;
    assert_eq!(now.len(), before + 1);
    assert!(now.iter().any(|known| known.id == picture.id && known.url == picture.url));
    client.call(ItemImgDelete::new(FIRST_ITEM, picture.id.unwrap())).await.unwrap();
    assert_eq!(item(&client, FIRST_ITEM).await.item_imgs.len(), before);
}
