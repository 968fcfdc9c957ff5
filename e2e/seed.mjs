// One data folder with people, teams, sessions and tokens; every journey begins with a copy of it.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { serve, support } from "./server.mjs";

const PASSWORD = "a long lantern over water";
const PEOPLE = {
  maya: ["maya@lumenlabs.example", "Maya Okafor", "customer"],
  jonas: ["jonas@northwind.example", "Jonas Weber", "customer"],
  dev: ["dev@promptcraft.example", "Dev Anand", "agent"],
  lena: ["lena@promptcraft.example", "Lena Fischer", "agent"],
  sam: ["sam@promptcraft.example", "Sam Rivera", "supervisor"],
  ines: ["ines@promptcraft.example", "Ines Costa", "admin"],
};

const seed = process.env.E2E_SEED;
const data = join(seed, "data");
for (const [email, name, role] of Object.values(PEOPLE)) await support(["user", "add", email, "--name", name, "--role", role, "--password-stdin", "--data", data], PASSWORD);

const server = await serve(data);
const people = {};
for (const [key, [email, name, role]] of Object.entries(PEOPLE)) {
  const token = await support(["token", "add", email, "--name", "Journeys", "--data", data]);
  people[key] = { email, name, role, password: PASSWORD, token, cookies: await signIn(email) };
}
await teams(people);
await server.stop();
await writeFile(join(seed, "people.json"), JSON.stringify(people));

function post(path, form, cookie = "") {
  return fetch(server.base + path, { method: "POST", body: new URLSearchParams(form), headers: { Origin: server.base, Cookie: cookie }, redirect: "manual" });
}

async function signIn(email) {
  const answer = await post("/sign-in", { email, password: PASSWORD, next: "" });
  if (answer.status !== 303) throw new Error(`${email} can't sign in: ${answer.status}`);
  return answer.headers.getSetCookie().map((line) => line.split(";")[0].split("=")).map(([name, value]) => ({ name, value }));
}

async function get(path, { token }) {
  return (await (await fetch(server.base + path, { headers: { Authorization: `Bearer ${token}` } })).json()).items;
}

/** Two teams; Dev is in one of them. */
async function teams({ ines, dev }) {
  const cookie = ines.cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  for (const name of ["Billing", "Platform"]) {
    const answer = await post("/admin/teams", { name }, cookie);
    if (answer.status !== 303) throw new Error(`the team ${name} could not be made: ${answer.status} ${await answer.text()}`);
  }
  const platform = (await get("/api/support/teams", ines)).find(({ name }) => name === "Platform");
  const person = (await get("/api/support/people", ines)).find(({ email }) => email === dev.email);
  const answer = await post(`/admin/teams/${platform.id}/members`, { act: "add", person: person.id }, cookie);
  if (answer.status !== 303) throw new Error(`Dev could not be added: ${answer.status} ${await answer.text()}`);
}
