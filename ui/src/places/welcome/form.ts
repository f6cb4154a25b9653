/** What the sign-in form needs before it is worth asking the server. */
import type { SignInForm } from "../../backend";

/** Fields with what is wrong with them, as sentences. */
export type Wrongs = Partial<Record<keyof SignInForm, string>>;

const MISSING: Record<keyof SignInForm, string> = {
  organization: "Enter the organization’s id.",
  apiKeyId: "Enter the id of the API key.",
  apiKey: "Enter the API key.",
  userId: "Enter the id of the user the key acts as.",
  baseUrl: "Enter the server’s address.",
};

/** The form without the blanks around what was pasted. */
export function trimmed(form: SignInForm): SignInForm {
  return Object.fromEntries(Object.entries(form).map(([field, text]) => [field, text.trim()])) as SignInForm;
}

/** What is missing; empty when the form can be sent. Everything finer is the server's to say. */
export function missing(form: SignInForm): Wrongs {
  const fields = (Object.keys(MISSING) as (keyof SignInForm)[]).filter((field) => form[field].trim() === "");
  return Object.fromEntries(fields.map((field) => [field, MISSING[field]]));
}
