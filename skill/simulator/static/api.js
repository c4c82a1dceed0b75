// The one way to the server: POST turn. Nothing is kept there; the session goes along and comes back.

const ADDRESS = new URL("../turn", import.meta.url);

export class Refused extends Error {}

/** One turn. `asked` holds say, touch or end, and locale, screen, session; gives what the server answers. */
export async function take(asked) {
  let response;
  try {
    response = await fetch(ADDRESS, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(asked),
    });
  } catch {
    throw new Refused("The simulator cannot be reached. Is make run still running?");
  }
  const answer = await response.json().catch(() => ({ error: `The server answered with status ${response.status}.` }));
  if (!response.ok) throw new Refused(answer.error);
  return answer;
}

/** A session that has not begun. */
export const newSession = () => ({ new: true, id: "", attributes: {} });
