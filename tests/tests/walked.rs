//! Every route walked as everybody, against the permission table. A route that is not in the table fails, and so
//! does a line of the table without a route.

use crate::{
    walk::{PASSWORD, Stage},
    walk_table::{TABLE, class},
    world::World,
};

/// One half of the lines: each needs teams of its own, and a list has 500 of them.
async fn walk(world: &World, lines: &[(&str, &str)]) {
    let hash = accounts::Password::new(PASSWORD, "nobody@else.test", "Nobody").unwrap().hash().await.unwrap();
    let mut wrong = Vec::new();
    let quiet = Stage::set(world, &hash, "/mailboxes/", None).await;
    for (line, expected) in lines {
        let (method, route) = line.split_once(' ').unwrap();
        // what only reads leaves the people as they were
        let fresh =
            if matches!(method, "GET" | "OPTIONS") && !route.starts_with("/r/") { None } else { Some(Stage::set(world, &hash, line, Some(&quiet)).await) };
        let stage = fresh.as_ref().unwrap_or(&quiet);
        let mut found = String::new();
        let mut words = String::new();
        for who in &stage.people {
            let told = stage.ask(world, method, route, who).await;
            found.push(class(&told));
            if class(&told) == '?' {
                words = format!(" {} {}", told.status, told.text().chars().take(300).collect::<String>());
            }
        }
        if found != *expected {
            wrong.push(format!("{line}: expected {expected}, found {found}{words}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

both! {
    async fn every_route_answers_everybody_as_the_permission_table_says(world) {
        Box::pin(walk(world, &TABLE[..TABLE.len() / 2])).await;
    }

    async fn every_route_of_the_other_half_does_so_too(world) {
        Box::pin(walk(world, &TABLE[TABLE.len() / 2..])).await;
    }
}
