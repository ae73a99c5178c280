"""What any persona can say when the voice its scenario gives it has no line for the moment.

Lines are grammars: what stands in <angle brackets> is said in one of several ways, what stands in
{braces} is filled with what was said aloud. None of them praises or blames: a panel does not mark.
"""

from functools import cache

from rooms.bots import grammar

GRAMMAR: grammar.Grammar = {
    # -- answers --
    "nothing_to_add": (
        "On “{said}” I have nothing for you.",
        "I cannot tell you more about “{said}”.",
        "“{said}”: <not_mine>",
    ),
    "nothing_at_all": ("I have nothing for you there.", "That I cannot answer at this table."),
    "not_mine": ("that is not mine to say.", "nobody has told me that.", "I would be guessing."),
    "told_already": (
        "What I know about “{said}” I have told you.",
        "On “{said}” you have all that I have.",
    ),
    "as_a_request": (
        "That would be a table. Put it as a data request and I will see what I can hand out.",
        "Put that in as a data request, please, then it does not get lost.",
        "For that I would have to open a table. Ask for it as data, with what it is for.",
    ),
    "have_it": (
        "You have “{title}” already; there is no newer one.",
        "“{title}” is open to you already. I have nothing beyond it.",
    ),
    "not_yet": (
        "Not yet. What I said when you asked before still holds for “{said}”.",
        "“{said}”: the same answer as before, for the same reason.",
    ),
    "as_before": ("On the same terms as before: “{said}”.",),
    "here_it_is": ("Here it is: “{said}”.",),
    "have_nothing": (
        "I have nothing that would answer “{said}”.",
        "“{said}”: there is no such table with me.",
    ),
    # -- holding a position --
    "softening": (
        "“{moved}”: that is a step, and I take it. <still>",
        "With “{moved}” you have come part of the way. <still>",
        "“{moved}” makes it smaller. <still>",
        "I note “{moved}”. <still>",
        "“{moved}”, all right. <still>",
    ),
    "still": ("One thing is left.", "It is not all of it.", "Here is the rest.", "I am not there yet."),
    "firm": (
        "It is not yet what I asked.",
        "That leaves me where I was.",
        "I follow “{answer}”, and I am still where I was.",
        "I hear “{answer}”. My question is another one.",
    ),
    "turned_down": (
        "You stay with it, so I stay with mine.",
        "You have turned it down; you have not weighed it.",
        "“{answer}” does not touch what I asked.",
        "I have not heard an answer in “{answer}”.",
    ),
    "leaves_softer": (
        "I am not convinced of {mark}, but “{moved}” <counts>. Leave my objection on the board and go on.",
        "“{moved}” <counts>. What I asked about {mark} stays open, and I will ask again if it comes up.",
        "Then let us stop here: “{moved}” <counts>, the rest of my objection to {mark} stands.",
    ),
    "counts": ("is something", "counts with me", "I can repeat to my people"),
    "leaves_firm": (
        "Then {mark} stands against my objection. I only want it to be seen on the board.",
        "We do not agree on {mark}. You decide; I have said what I see.",
        "I will not say it a third time. My objection to {mark} stays where it is.",
        "“{answer}”. Then {mark} goes ahead without me.",
    ),
    "moved": (
        "“{moved}”.",
        "You said “{moved}”.",
        "“{moved}”: that was it.",
        "What moves me is “{moved}”.",
    ),
    "yields": (
        "Then I can live with {mark}.",
        "On {mark} I have said enough.",
        "I take back what I said against {mark}.",
        "{mark} may go ahead as far as I am concerned.",
        "With that I stop standing in the way of {mark}.",
    ),
    "as_on_another": (
        "On {mark} you gave me “{moved}”, and I let it go. Here I miss it.",
        "I let {mark} go because of “{moved}”. This one is the same question again.",
    ),
    # -- following up --
    "pickup": (
        "“{said}”.",
        "<saying> “{said}”.",
        "“{said}”, you say.",
        "<staying> “{said}”.",
    ),
    "saying": ("You said", "I noted", "I wrote down", "I heard", "You just said"),
    "staying": ("Let me stay with", "One moment with", "Back one step, to", "Let me take you at your word:"),
    "hedged_again": (
        "A while ago it was “{earlier}”, now it is “{said}”. Which of the two do you act on?",
        "I have “{earlier}” on my pad and now “{said}”. What would you do on Monday with only these?",
    ),
    "call_back": (
        "<before> you took it as given that “{assumed}”. With “{said}”, does it still hold?",
        "One thing from earlier: “{assumed}”. What of it is left after “{said}”?",
        "I kept your assumption: “{assumed}”. “{said}” leans on it. Who has checked it since?",
    ),
    "before": ("Earlier", "At the beginning", "A while ago"),
    "asked_before": (
        "Let me stay with “{asked}” for a moment. Where do you come down?",
        "Back to “{asked}”, please. What do you say to that?",
        "I do not want to lose “{asked}”. Say it in one sentence.",
        "“{asked}”: I have not heard your answer to that yet.",
        "You have gone round “{asked}”. Once through it, please.",
    ),
    "summary_open": (
        "I have “{open}” as open. Hold on to that.",
        "Thank you. “{open}” is what I write down as open.",
        "Clear. Then “{open}” is what we come back to.",
    ),
    "summary_board": (
        "Thank you. I count {count} on the board.",
        "All right, that makes {count} on the board. We go on from there.",
        "Good to have it in one piece: {count} on the board.",
    ),
    # -- what does not belong to the case --
    "steady": (
        "I will let that pass. Back to the case: what would you do next?",
        "Let us keep to the case, please. Where were we?",
        "We can be plain with each other without that. What is your next step?",
        "I am going to stay with the case. Take a breath and go on.",
    ),
    "off_the_case": (
        "I do not know what to do with that. At this table I can only talk about the case.",
        "That is not something I can act on here. What is your next step in the case?",
        "I am only who I am at this table. Back to the decision, please.",
    ),
    "in_english": (
        "I am afraid I only follow English here. Could you say that again in English?",
        "I would not do you justice in another language. In English, please, in your own time.",
    ),
    "too_long": (
        "That was a great deal at once. If I write down one sentence of it, which?",
        "I lost you somewhere in there. What is the point you would keep?",
        "Let me stop you: which single part of that would you act on?",
    ),
}  # fmt: skip

# What an interviewer asks of what the words did. Two or three ways each; each is used once in a room.
PROBES: dict[str, tuple[str, ...]] = {
    "hedges": (
        "If you had to choose now, which way would it be?",
        "Which way do you lean, and how strongly?",
        "What would you need to hear, from whom, to choose before we leave this room?",
    ),
    "lists_everything": (
        "Which of these comes first?",
        "Which one would you strike out?",
        "If there is money for one of them, which?",
    ),
    "lists_metrics": ("If you may keep one of them, which?", "Which of them would make you stop?"),
    "jumps_to_model": ("Which decision would that serve?", "What happens to somebody when it says yes?"),
    "trusts_data": ("How do you know that?", "Who wrote that down, and when?"),
    "claims_robust": ("What would have to happen for it to fail?", "When did you last see one fail?"),
    "retrain_only": ("And until the new one is there?", "What would the new one learn from?"),
    "defends_plan": (
        "Which part of it would you give up first?",
        "What would have to change for you to change it?",
    ),
    "rejects_view": ("What would you have to hear to change your mind?", "What in it is right?"),
    "over_corrects": ("What of the old plan was still good?", "What are we losing if all of that goes?"),
    "seeks_approval": ("I will not tell you. What would you do if I were not here?", "Which one is yours?"),
    "apologises": ("Nobody here knows it all. What do you know for sure?",),
    "rambles": ("Which one sentence of that should I write down?",),
    "commits_conditionally": ("Who would tell you that the condition has come true?",),
    "states_assumption": (
        "How would you find out that it is wrong?",
        "What is the first thing that breaks if it is not so?",
    ),
    "prioritises": ("Who has to wait because of it?", "What would make you turn that order round?"),
    "defers": ("When do you take it up again, and who reminds you?", "Who pays for the waiting?"),
    "doubts_data": ("And what do you do with it in the meantime?", "Which decision would that doubt change?"),
    "checks_data": ("If the check comes out badly, what changes?", "Which result would surprise you?"),
    "chooses_metric": ("What can go wrong while that number looks well?", "Who could move it without helping anybody?"),
    "accepts_tradeoff": ("Have they been asked?", "At what point would that price be too high?"),
    "names_risk": ("How early would you see it?", "Which of our numbers would move first?"),
    "plans_monitoring": ("Who is woken by it, and what may they do?", "How often would it cry wolf?"),
    "plans_fallback": ("When was a switch like that last tried here?", "Who is worse off while it is on?"),
    "adapts": ("What of the plan before is still standing?", "What does that change cost, and whom?"),
    "weighs_view": ("What would the other side say is still missing?",),
}  # fmt: skip


@cache
def ways(symbol: str) -> tuple[str, ...]:
    """Every way to say a stock line. KeyError if there is no such symbol."""
    return grammar.lines(GRAMMAR, symbol)
