import type { Dictionary } from "../text/dictionary.js";

/** A place in a list of words: what may come next, by CTC class. The list itself is the place before the first word. */
export interface Lexicon {
  readonly next: ReadonlyMap<number, Lexicon>;
  /** Whether a text may end here. */
  readonly complete: boolean;
}

interface Place extends Lexicon {
  readonly next: Map<number, Place>;
  complete: boolean;
}

const newPlace = (): Place => ({ next: new Map(), complete: false });

/**
 * The texts that are made of given words, with one space between two where the dictionary has a space. An entry with
 * spaces in it is several words; an empty one is none. A dictionary in small letters makes the words small.
 * @throws Error naming the entry with a character that the dictionary lacks, or saying that there are no words;
 *   `name` stands for the list
 */
export function lexiconOf(entries: Iterable<string>, dictionary: Dictionary, name = "the word list"): Lexicon {
  const classes = new Map(dictionary.characters.map((character, i) => [character, i + 1]));
  const root = newPlace();
  const ends = new Set<Place>();
  let line = 0;
  for (const entry of entries) {
    line++;
    for (const word of (dictionary.lowerCase ? entry.toLowerCase() : entry).split(" ")) {
      if (word !== "") ends.add(addWord(root, word, classes, `${name}, line ${line}`));
    }
  }
  if (ends.size === 0) throw new Error(`${name}: there are no words`);
  const space = classes.get(" ");
  if (space !== undefined) for (const end of ends) end.next.set(space, root);
  return root;
}

/** The place at the end of `word`. */
function addWord(root: Place, word: string, classes: ReadonlyMap<string, number>, where: string): Place {
  let place = root;
  for (const character of word) {
    const c = classes.get(character);
    if (c === undefined) throw new Error(`${where}: the dictionary has no "${character}", which "${word}" needs`);
    const next = place.next.get(c) ?? newPlace();
    place.next.set(c, next);
    place = next;
  }
  place.complete = true;
  return place;
}
