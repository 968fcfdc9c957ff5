//! Saved views: kept, shared, ordered, and honest about what is gone.

use crate::client::Visitor;
use db::sql;

both! {
    async fn views_are_saved_renamed_ordered_deleted_and_brought_back(world) {
        let ana = world.agent("Ana").await;
        let save = async |name: &str, query: &str| ana.form("/desk/views", &[("name", name), ("query", query)]).await.is(303).header("location").to_owned();

        let first = save("Urgent ones", "view=open&priority=URGENT").await;
        save("Mine", "view=mine&sort=oldest").await;

        let list = ana.get(&first).await.is(200).text();
        assert!(list.contains("Urgent ones") && list.contains("Priority: Urgent"), "{list}");
        let page = ana.get("/desk/views").await.is(200).text();
        let id = page.split("/desk/views/").nth(1).unwrap()[..36].to_owned();
        assert!(page.find("Urgent ones").unwrap() < page.find(">Mine<").unwrap());
        ana.form(&format!("/desk/views/{id}/move"), &[("act", "down")]).await.is(303);
        let names: Vec<String> = world.read().await.all(sql!("SELECT name FROM saved_views ORDER BY place")).await.unwrap();
        assert_eq!(names, ["Mine", "Urgent ones"]);
        ana.form(&format!("/desk/views/{id}"), &[("name", "Burning"), ("version", "1"), ("query", "view=open&priority=URGENT")]).await.is(303);
        assert_eq!(ana.form(&format!("/desk/views/{id}"), &[("name", "Late"), ("version", "1")]).await.status.as_u16(), 409, "a stale change is refused");
        assert!(ana.get("/desk/counts").await.text().contains("Burning"));
        ana.form(&format!("/desk/views/{id}/remove"), &[]).await.is(303);
        assert!(!ana.get("/desk/counts").await.text().contains("Burning"));
        ana.form(&format!("/desk/views/{id}/restore"), &[]).await.is(303);
        assert!(ana.get("/desk/counts").await.text().contains("Burning"));
        ana.form("/desk/views", &[("name", "Bad"), ("query", "view=nonsense")]).await.is(422);
        ana.form("/desk/views", &[("name", ""), ("query", "view=mine")]).await.is(422);
    }

    async fn shared_views_are_made_by_supervisors_and_seen_by_whom_they_are_for(world) {
        let team = world.team("Small").await;
        let (sue, ana, otto) = (world.supervisor("Sue").await, world.agent_of("Ana", &team).await, world.agent("Otto").await);
        let team_id = team.id.to_string();

        ana.form("/desk/views", &[("name", "Zall"), ("reach", "ALL"), ("query", "view=open")]).await.is(403);
        sue.form("/desk/views", &[("name", "Zteam"), ("reach", "TEAM"), ("team", &team_id), ("query", "view=open")]).await.is(303);
        sue.form("/desk/views", &[("name", "Zall"), ("reach", "ALL"), ("query", "view=open")]).await.is(303);
        sue.form("/desk/views", &[("name", "Zown"), ("query", "view=open")]).await.is(303);
        sue.form("/desk/views", &[("name", "Znoteam"), ("reach", "TEAM"), ("query", "view=open")]).await.is(422);

        let seen = async |who: &Visitor| { let text = who.get("/desk/counts").await.text(); ["Zteam", "Zall", "Zown"].map(|name| text.contains(name)) };
        assert_eq!((seen(&sue).await, seen(&ana).await, seen(&otto).await), ([true, true, true], [true, true, false], [false, true, false]));
        let id: uuid::Uuid = world.read().await.one(sql!("SELECT id FROM saved_views WHERE name = 'Zall'")).await.unwrap();
        ana.form(&format!("/desk/views/{id}/remove"), &[]).await.is(403);
        let own: uuid::Uuid = world.read().await.one(sql!("SELECT id FROM saved_views WHERE name = 'Zown'")).await.unwrap();
        ana.form(&format!("/desk/views/{own}/remove"), &[]).await.is(404);
    }

    async fn a_view_whose_parts_are_gone_says_so_and_shows_nothing_else(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let (team, leaver) = (world.team("Leaving").await, world.agent("Leaver").await);
        cleo.asks("First").await;
        let save = async |name: &str, query: String| ana.form("/desk/views", &[("name", name), ("query", &query)]).await.is(303).header("location").to_owned();
        let (of_team, of_leaver, of_tag) =
            (save("T", format!("team={}", team.id)).await, save("L", format!("assignee={}", leaver.id())).await, save("G", "tag=unheard-of".into()).await);
        ana.form("/desk/views", &[("name", "N"), ("query", &format!("team={}", uuid::Uuid::now_v7()))]).await.is(422);

        let mut tx = world.write().await;
        tx.run(sql!("DELETE FROM teams WHERE id = $1", team.id)).await.unwrap();
        tx.run(sql!("UPDATE people SET disabled_at = 1 WHERE id = $1", leaver.id())).await.unwrap();
        tx.commit().await.unwrap();

        for (place, words) in [(of_team, "The team “Leaving” was removed"), (of_leaver, "The account of the assignee “Leaver” is disabled"), (of_tag, "No ticket has the tag “unheard-of”")] {
            let page = ana.get(&place).await.is(200).text();
            assert!(page.contains(words) && !page.contains("First"), "{words}: {page}");
        }
        assert!(ana.get("/desk/views").await.text().contains("The team “Leaving” was removed"));
    }
}
