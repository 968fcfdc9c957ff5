//! What staff writes down for the search: words that mean the same, and what comes first; by the page, and with the reader's rights.

use crate::search::{article, indexed, titles};
use serde_json::json;

const PAGE: &str = "/admin/search";

both! {
    async fn words_that_mean_the_same_and_what_comes_first_are_followed_at_once(world) {
        let (ada, ana, stranger) = (world.admin("Ada").await, world.agent("Ana").await, world.stranger());
        article(&ada, "Invoices", "Where they are.", json!({ "slug": "invoices" })).await;
        article(&ada, "Bills of lading", "Bill, bill, bill: of ships.", json!({})).await;
        article(&ada, "Billing for us", "Bill.", json!({ "slug": "for-us", "visibility": "STAFF" })).await;
        indexed(world).await;
        let before = titles(&stranger, "bill").await;
        assert!(titles(&stranger, "receipt").await.is_empty());

        let wish = |version: &'static str, pins: &'static str| [("version", version), ("synonyms", "invoice, receipt, proof of payment"), ("pins", pins)];
        ada.form(PAGE, &wish("1", "bill = /a/for-us, /a/invoices")).await.is(303);

        assert_eq!(before, ["Bills of lading"]);
        assert_eq!(titles(&stranger, "bill").await, ["Invoices", "Bills of lading"], "what one may not read does not come first either");
        assert_eq!(titles(&ana, "bill").await[..2], ["Billing for us", "Invoices"]);
        assert_eq!(titles(&stranger, "receipts").await, ["Invoices"]);
        assert_eq!(titles(&stranger, "proof of payment").await, ["Invoices"]);
        let page = ada.get(PAGE).await.is(200).text();
        assert!(page.contains("proof of payment") && page.contains("/a/for-us"), "{page}");
    }

    async fn what_is_wrong_is_said_and_what_somebody_else_saved_is_not_lost(world) {
        let (ada, sue) = (world.admin("Ada").await, world.supervisor("Sue").await);
        let nowhere = ada.form(PAGE, &[("version", "1"), ("synonyms", "alone"), ("pins", "bill = /a/nowhere")]).await.is(422).text();
        ada.form(PAGE, &[("version", "1"), ("synonyms", "one, two"), ("pins", "")]).await.is(303);

        let late = ada.form(PAGE, &[("version", "1"), ("synonyms", "three, four"), ("pins", "")]).await.is(409).text();

        assert!(nowhere.contains("alone") && nowhere.contains("/a/nowhere"), "{nowhere}");
        assert!(late.contains("one, two") && late.contains("three, four"), "{late}");
        sue.get(PAGE).await.is(403);
        sue.form(PAGE, &[("version", "2")]).await.is(403);
        world.stranger().get(PAGE).await.is(303);
    }
}
