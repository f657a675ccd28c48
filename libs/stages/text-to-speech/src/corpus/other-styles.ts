/** Monologue: one person thinking aloud. */
export const MONOLOGUE: readonly string[] = [
  'I keep asking myself whether I took that job for me or for my father.',
  'There was a time when silence frightened me, and now I look forward to it.',
  'Perhaps we only become ourselves in the hours when nobody is watching.',
  'I have carried this letter for eleven years and never opened the envelope.',
  'Every road I did not choose still goes on somewhere without me, I suppose.',
  'People say that time heals, but I think it only teaches us to walk slowly.',
  'When I was young I wanted to be seen, and now I would rather understand.',
  'Tomorrow I will call her, I said so yesterday, and the day before as well.',
  'It is odd how one small word can weigh more than the longest of speeches.',
  'I built these walls myself, stone after stone, and then I called it home.',
  'Somewhere between the second and the third cup of tea I changed my mind.',
  'If I could speak to the boy I was, I would simply tell him to breathe.',
];

/** Lecture: explaining to an audience. */
export const LECTURE: readonly string[] = [
  'Today we will look at how light bends when it passes from air into glass.',
  'Notice that the curve grows slowly at first and then rises very steeply.',
  'In other words, the total energy of a closed system can never change.',
  'Let us begin with a definition, and then turn to three short examples.',
  'The second theorem follows directly, if you replace the sum by an integral.',
  'As the figure shows, each cell divides into two cells every twenty minutes.',
  'Trade along this coast depended entirely on the direction of the monsoon.',
  'Keep in mind that correlation on its own does not tell us about the cause.',
  'The vowels of this language changed gradually over roughly two centuries.',
  'Suppose that we throw the coin a thousand times and count all the heads.',
  'What the experiment measured, however, was not heat but electric charge.',
  'To summarise, a good proof is short, complete, and easy to check by hand.',
];

/** Narration: telling a story. */
export const NARRATION: readonly string[] = [
  'At the edge of the forest stood a cottage whose chimney had not smoked for years.',
  'The captain lowered his telescope and said quietly that they were not alone.',
  'Long before the city had a name, shepherds used to cross the river here.',
  'She pushed the heavy door open, and a breath of cold air put out the candle.',
  'By the time the moon rose over the valley, the horses had vanished.',
  'Nobody in the harbour had ever seen a ship with sails as black as those.',
  'The old clockmaker wound the last spring and waited for the first chime.',
  'Snow fell throughout the night and covered every trace of their journey.',
  'In the third year of the drought, a stranger arrived with a jar of seeds.',
  'He counted his coins once more, although he knew the number very well.',
  'Far below them the lights of the village went out, one after the other.',
  'And so the youngest daughter set out, with nothing but a key and a song.',
];

/** Emotional: joy, anger, grief, fear, surprise. */
export const EMOTIONAL: readonly string[] = [
  'We did it, after all these months we really did it, I could hug everyone!',
  'How dare you speak to her like that, in front of her own children!',
  'I miss him every single morning, and it does not get any easier at all.',
  'Please, do not open that door, I heard something moving behind it!',
  'Oh my goodness, you came all this way, I cannot believe that you are here!',
  'I trusted you with everything I had, and you gave it away for nothing!',
  'She is awake, the doctors say she is awake, and she asked for you first!',
  'No, no, no, this cannot be happening, not today, not after all that work!',
  'I am so proud of you that I do not know whether to laugh or to cry.',
  'Leave me alone, all of you, I do not want to hear another word about it!',
  'It was the happiest day of my life, and I would live it a hundred times.',
  'What was that noise, did you hear it, somebody is walking up the stairs!',
];
