//! The people of the play as they are in the database, each able to act.

use super::people::{self, COMPANIES, CUSTOMERS, STAFF, STAFF_DOMAIN, TEAMS};
use accounts::{NewPerson, Organization, Person, Team};
use db::Tx;
use kernel::{Actor, Result, Role, TeamId};

/// Everybody, by their place in the tables of `people`.
pub(super) struct Cast {
    pub teams: Vec<TeamId>,
    pub staff: Vec<Actor>,
    pub customers: Vec<Option<(Person, Actor)>>,
    organizations: Vec<Organization>,
    hash: String,
}

impl Cast {
    /// Teams, staff and organizations. All sign in with the password of this hash.
    pub(super) async fn gather(tx: &mut Tx, hash: String) -> Result<Self> {
        let system = Actor::system("Demo");
        let mut cast = Self { teams: Vec::new(), staff: Vec::new(), customers: vec![None; CUSTOMERS.len()], organizations: Vec::new(), hash };
        let mut teams = Vec::new();
        for name in TEAMS {
            teams.push(Team::add(tx, &system, name).await?);
        }
        for member in &STAFF {
            let email = format!("{}@{STAFF_DOMAIN}", member.mailbox);
            let person = cast.add(tx, &email, member.name, member.role, member.zone).await?;
            for place in member.teams {
                teams[*place].join(tx, &system, &person).await?;
            }
            cast.staff.push(Actor { teams: member.teams.iter().map(|place| teams[*place].id).collect(), ..person.acting() });
        }
        for company in &COMPANIES {
            cast.organizations.push(Organization::add(tx, &system, company.name, &[company.domain.to_owned()], company.shares).await?);
        }
        cast.teams = teams.into_iter().map(|team| team.id).collect();
        Ok(cast)
    }

    /// A customer signs up.
    pub(super) async fn join(&mut self, tx: &mut Tx, customer: usize) -> Result<()> {
        let (name, _, company) = CUSTOMERS[customer];
        let person = self.add(tx, &people::address(customer), name, Role::Customer, super::plan::zone(customer)).await?;
        let organization = &self.organizations[company];
        let actor = Actor { organization: Some(organization.id), shares_requests: organization.shares_requests, ..person.acting() };
        self.customers[customer] = Some((person, actor));
        Ok(())
    }

    async fn add(&self, tx: &mut Tx, email: &str, name: &str, role: Role, zone: &str) -> Result<Person> {
        let system = Actor::system("Demo");
        let person = Person::add(tx, &system, NewPerson { email, name, role, password_hash: Some(self.hash.clone()), is_verified: true }).await?;
        person.change_profile(tx, &person.acting(), name, zone, "en-GB", true).await?;
        Person::get(tx, person.id).await
    }
}
