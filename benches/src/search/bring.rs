//! A folder of many pages that link to each other, brought in; and once more, when nothing has changed.

use super::{
    collection::Collection,
    load::{Dice, made},
};
use crate::{
    Outcome, cpu,
    report::{figure, line},
    server::config,
};
use knowledge::exchange::{Outcome as Became, Plan, Run, Tree, bring};
use std::{fmt::Write as _, path::Path, time::Instant};

/// Pages of one folder.
const FOLDER: usize = 200;

pub(super) async fn measure(collection: &Collection, pages: usize) -> Outcome<()> {
    let (folder, source) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let data = folder.path().to_str().ok_or("the folder has a strange name")?;
    write(source.path(), collection, pages)?;
    let opened = support::open(&config(data, "sqlite"), db::Clock::default()).await?;
    let mut tx = opened.app.db.write().await?;
    let (person, _) = super::judge::writer(&mut tx).await?;
    tx.commit().await?;
    let actor = person.acting();
    for (what, wanted) in [("imported", Became::Added), ("imported again", Became::Same)] {
        let began = Instant::now();
        let mut plan = Plan::read(Tree::open(source.path())?);
        let planned = began.elapsed().as_secs_f64();
        let mut run = Run::new(&opened.app.db, &opened.store, &actor, false);
        let mut count = 0_usize;
        Box::pin(bring(&mut run, &mut plan, |told| count += usize::from(told.outcome == wanted))).await?;
        if count != pages {
            return Err(format!("{count} of {pages} pages were {what}").into());
        }
        let seconds = began.elapsed().as_secs_f64();
        line(&format!("{pages} pages {what}: {seconds:.1} s, {planned:.1} s of it to read them; memory {:.0} MB", cpu::resident_mb(std::process::id())));
        #[expect(clippy::cast_precision_loss, reason = "pages")]
        figure(&format!("pages {what} a second"), pages as f64 / seconds, "", if wanted == Became::Added { 100.0 } else { 500.0 }, false);
    }
    opened.app.db.close().await;
    Ok(())
}

fn write(root: &Path, collection: &Collection, pages: usize) -> Outcome<()> {
    let sentences: Vec<&str> = collection.documents.iter().flat_map(|document| document.body.split_inclusive(['.', '。'])).collect();
    let titles: Vec<&str> = collection.documents.iter().map(|document| document.title.as_str()).collect();
    let mut dice = Dice(0x5eed);
    for n in 0..pages {
        let page = made(&mut dice, &sentences, &titles, n);
        let folder = root.join(format!("part-{}", n / FOLDER));
        std::fs::create_dir_all(&folder)?;
        let mut text =
            format!("---\ntitle: {}\ntags: [{}]\n---\n\n## What it is\n\n{}\n", serde_json::Value::from(page.title), page.labels.join(", "), page.body);
        for _ in 0..3 {
            let other = dice.below(pages);
            writeln!(text, "See [another page](../part-{}/page-{other}.md#what-it-is).\n", other / FOLDER)?;
        }
        std::fs::write(folder.join(format!("page-{n}.md")), text)?;
    }
    Ok(())
}
