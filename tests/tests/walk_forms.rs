//! Every form sent empty: its summary names each field in words and leads to it.

use crate::{
    walk::{PASSWORD, Stage},
    walk_table::TABLE,
};

/// The items of the error summary of a page, each with the field that it leads to.
fn summary(page: &str) -> Vec<(Option<String>, String)> {
    let list = page.split("id=\"error-summary-title\"").nth(1).and_then(|rest| rest.split("</ul>").next()).unwrap_or_default();
    let item = |item: &str| match item.strip_prefix("<a href=\"#").and_then(|rest| rest.split_once("\">")) {
        Some((field, rest)) => (Some(field.to_owned()), rest.split("</a>").next().unwrap_or_default().to_owned()),
        None => (None, item.split("</li>").next().unwrap_or_default().to_owned()),
    };
    list.split("<li>").skip(1).map(item).collect()
}

both! {
    async fn a_form_that_comes_back_names_its_fields_and_leads_to_them(world) {
        let hash = accounts::Password::new(PASSWORD, "nobody@else.test", "Nobody").unwrap().hash().await.unwrap();
        let (mut seen, mut wrong) = (0, Vec::new());
        let stage = Stage::set(world, &hash, "/mailboxes/", None).await;
        let ada = &stage.people[6];
        for (line, _) in TABLE.iter().filter(|(line, _)| line.starts_with("POST /") && !line.contains("/api/") && !line.contains("sign-out")) {
            let path = stage.path(world, line.split_once(' ').unwrap().1, ada, "").await;
            let told = ada.form(&path, &[]).await;
            let page = if told.status.as_u16() == 422 { told.text() } else { String::new() };
            for (field, words) in summary(&page) {
                seen += 1;
                let generic = ["This is", "Must be", "At most"].iter().any(|begin| words.starts_with(begin));
                let is_there = field.as_ref().is_none_or(|field| page.contains(&format!(" id=\"{field}\"")));
                if generic || !is_there {
                    wrong.push(format!("{line}: {field:?} {words}"));
                }
            }
        }
        assert!(wrong.is_empty() && seen > 30, "{seen} seen\n{}", wrong.join("\n"));
    }
}
