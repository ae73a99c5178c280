"""What the built-in listener listens for: named rules, one idea each.

A rule lists phrases: regular expressions over one lower-case sentence, written with the pieces
below in <angle brackets>. Gaps are bounded and never cross a sentence, so a search takes time in
proportion to the text, whatever the text is.
"""

import re
from typing import NamedTuple


class Rule(NamedTuple):
    act: str
    name: str  # what this rule listens for
    says: tuple[str, ...]
    unless: tuple[str, ...] = ()  # not heard when the same sentence holds one of these
    besides: tuple[str, ...] = ()  # heard only when the utterance also holds one of these
    negatable: bool = True  # a "not" among the words just before takes it back
    asked: bool | None = False  # False: only in statements; True: only in questions; None: in both


PIECES = {
    "..": r"[^\n]{0,24}?",  # a few words
    "...": r"[^\n]{0,60}?",  # some words
    "adverb": r"(?:also|first|then|only|just|still|simply|actually|definitely|therefore|rather|probably|now"
    r"|always|knowingly|gladly|really|personally)",
    "iwill": r"(?:i|we)(?:'d|'ll|'m going to|'re going to| would| will| want to| should| must| can| could"
    r"| shall| plan to| need to| have to| am going to| are going to| propose to| intend to)"
    r"(?: (?:<adverb>|like to|want to|start by|begin by|have to|be)){0,2}",
    "lets": r"(?:let's|let us|let me)(?: <adverb>){0,2}",
    "i": r"(?:i|we)(?:'d|'ll|'m|'re| would| will| am| are)?(?: <adverb>){0,2}",
    "is": r"(?:'s|'re|\b is|\b are|\b was|\b were|\b would be|\b will be|\b should be|\b looks?|\b seems?)",
    "data": r"(?:labels?|labell?ing|data(?:set)?s?|tables?|history|historical|samples?|logs?|annotations?"
    r"|ground truth|events?|rows?|columns?|chargebacks?|clicks?|outcomes?|records?|numbers|figures)",
    "model": r"(?:gradient[- ]boost\w*|boosted trees?|xgboost|lightgbm|catboost|random forests?"
    r"|neural net\w*|deep (?:learning|neural|net\w*|model\w*|architecture)|transformers?|bert|llms?"
    r"|large language model\w*|gpt\w*|lstms?|grus?|rnns?|cnns?|autoencoders?|gnns?|graph neural\w*"
    r"|logistic regression|svms?|ensembles?|embeddings?|isolation forest\w*|collaborative filtering"
    r"|reinforcement learning|bandits?|fine-?tun\w+|two-tower|classifiers?"
    r"|(?:churn|prediction|predictive|ranking|fraud|recommendation|ml|machine learning|supervised)"
    r"(?: \w+)? models?)",
    "metric": r"(?:accuracy|recall|precision|(?:pr|roc)?[- ]?auc(?:[- ](?:pr|roc))?|roc|f1(?:[- ]score)?"
    r"|f-score|log[- ]?loss|rmse|mae|mape|ndcg|mrr|false[- ](?:positive|negative|alarm)s?(?:[- ]rate)?"
    r"|specificity|sensitivity|ctr|click-through(?: rate)?|retention|conversion(?: rate)?|dwell time"
    r"|session length|calibration|lift|brier(?: score)?)",
    "measure": r"(?:<metric>|(?:share|rate|number|fraction|count|value|amount) of|(?:euros?|dollars?|money"
    r"|pounds?) (?:lost|saved|per)|loss(?:es)? (?:per|to)|cost per|missed (?:fraud|cases?)|false declines?"
    r"|\w+ per (?:thousand|hundred|million|user|order|day|week))",
    "harm": r"(?:loss(?:es)?|accuracy|precision|recall|speed|coverage|conversion|revenue|friction|latency"
    r"|delays?|costs?|quality|growth|margin|fairness|detail|freshness|sign-?ups)",
    "because": r"(?:because|since|as (?:a|an|the|one|each|every)|due to|given|so that|costs?|harms?"
    r"|asymmetr\w*|worse|expensive|hurts?|loses?|matters|damage\w*|reason|rarely|for us)",
    "plan": r"(?:plan|approach|design|proposal|decision|choice|solution|idea|model|original|position|mind"
    r"|view)",
    "break": r"(?:fails?|failing|breaks?|broken|down|crash\w*|times? out|timeouts?|unavailable|goes wrong"
    r"|outage|degrades?|misbehaves?|drifts?|missing|late|slow|unreachable|empty|off|gone|offline|dead|stops?|(?:not|n't) (?:answer|arrive|come|work))",
    "people": r"(?:attackers?|fraudsters?|abusers?|adversar\w+|spammers?|users?|sellers?|merchants?|people"
    r"|they|reviewers?|trolls|bots|competitors|vendors|somebody|someone)",
}

FRAMING = (
    Rule("restates_problem", "announces a restatement",
         ("in my own words", r"in other words,? (?:the|our) (?:problem|goal|question)", r"restat\w+",
          r"rephras\w+", "reframe the", r"paraphras\w+", "put differently", "put another way",
          r"<i> frame (?:it|this) as")),
    Rule("restates_problem", "checks own understanding",
         (r"if i (?:understand|understood|hear|heard|read|got|get)\b<..>(?:right|correctly|well|properly|,)",
          r"(?:see|check) (?:if|whether|that) i(?:'ve| have) (?:got|understood)", r"my understanding (?:is|of)", r"as i (?:understand|see|read) (?:it|the|this)",
          r"the way i (?:understand|see|read) (?:it|the|this)", r"what i(?:'m| am) hearing",
          r"so (?:you|we)(?: are|'re) (?:asking|trying to)")),
    Rule("restates_problem", "names the real question",
         (r"the (?:real|actual|underlying|core|central) (?:question|problem|decision|issue|task)\b<..>(?:is|:)",
          r"what we(?:'re| are) (?:really|actually) (?:deciding|asking|solving|after|trying)",
          r"the (?:problem|goal|question|task) (?:here )?(?:is|,? then,? is)",
          r"the decision (?:here )?is (?:really )?(?:when|which|who|whom|whether|how|what)",
          r"^(?:so|ok|okay|right|then)?,? ?(?:this|it|the (?:question|problem|point|task|goal))(?:'s| is)"
          r" (?:really |mostly |then )?(?:about|whether)", r"(?:boils|comes) down to")),
    Rule("clarifies", "asks what counts, for whom, within which limits",
         (r"(?:^|[,:] |^\w+ |^and )(?:what|which|who|whom|whose|how|why|when|where|is (?:it|there|this|the)"
          r"|are (?:there|we)|do (?:we|you|they)|does|can (?:we|i ask)|may (?:we|i ask)|should we|must we"
          r"|would (?:it|that|they)|(?:is|are|was|were|does|do|did|will|has|have) (?:the|a|an|any\w*|some\w*|every\w*"
          r"|there|it|this|they|we|all|people|\w+s))",),
         (r"hear me", "again", "repeat", r"share|send", "go wrong", "why not", "next question",
          "what time", "does that (?:make sense|answer|work)", "what else", "how are you", "do you (?:want|mind)", "is it (?:okay|ok|fine)",
          r"(?:can|could|may) (?:i|we) (?:see|have|get)"),
         asked=True),
    Rule("clarifies", "wants to know before going on",
         (r"(?:want to|need to|would like to|'d like to|have to|let me|must) (?:first )?(?:clarify|confirm"
          r"|understand|know|pin down|find out|ask)\b<..>\b(?:what|which|who|whether|how|why|where"
          r"|the (?:goal|outcome|constraint|limit|cost))",)),
    Rule("states_assumption", "says assume",
         ("assume", "assuming", "(?:my|an|one|another|first|working) assumption", "the assumption is",
          "assumptions?:", "i presume",
          "let's suppose", "suppose", "supposing"),
         (r"(?:not|n't|never) assume", "(?:you|they) assume",
          r"(?:breaks?|broke|drop|revise|change)\w* (?:my|the|that|our) assumption")),
    Rule("states_assumption", "takes for granted",
         (r"tak(?:e|ing) (?:it |this |that )?(?:as (?:given|read)|for granted)", r"<i> take it (?:that|we)",
          r"work(?:ing)? on the (?:basis|premise)", r"treat(?:ing)? (?:it|this|that) (?:as given|like that)",
          "presumably", r"(?:go ahead|proceed|work|plan|act|continue|carry on) as (?:if|though)",
          r"(?:let's|let us) say (?:that )?\w", r"(?:correct|stop) me if",
          r"(?:unless|until) (?:you|someone) (?:tell|say|correct|object)\w*")),
    Rule("jumps_to_model", "wants to build or train a model",
         (r"(?:<iwill>|<lets>|<i>) (?:go (?:for|with|straight to)|use|reuse|build|train|try|start with|fit"
          r"|throw|apply|fine-?tune|deploy|pick|choose|take|implement|develop|run|create)\b<...>\b<model>",
          r"(?:before|always|usually) (?:with|used?) <model>", r"(?:something|anything) like <model>",
          r"(?:just|simply)? ?(?:put|stick|slap|throw) (?:a |an |the )?(?:\w+ )?<model>"),
         ("before (?:i|we|choosing|picking)", "instead of", "rather than", "baseline", "unless", "drop",
          "not yet")),
    Rule("jumps_to_model", "training tricks",
         (r"hyper-?parameters?(?: \w+)?", "grid search", "more layers", "attention (?:layers?|heads?)", "dropout",
          "learning rate", r"(?:lots of|some|clever|heavy) feature engineering", "pre-?trained"),
         ("before", "not", "later", "too early", "instead of", "rather than")),
    Rule("jumps_to_model", "a model is the answer",
         (r"^(?:(?:well|so|sure|ok|okay|easy|simple|right|yes)[,:]? )?(?:a |an )?(?:\w+ )?<model>[,.:]",
          r"^(?:(?:well|so|sure|ok|okay|easy|simple|right|yes)[,:]? )(?:a |an )?(?:\w+ )?<model>",
          r"^\w+ or (?:a |an )?<model>",
          r"(?:obvious|easy|standard|best|right|perfect|classic|clearly|state of the art)\b<..>\b<model>",
          r"<model>\b<...>\b(?:way to go|do(?:es)? the job|solves?|handles?|works? (?:well|best))"),
         ("before", "not the", "instead of", "rather than", "too", "baseline", "whether")),
)  # fmt: skip

SCOPE = (
    Rule("prioritises", "says what comes first",
         (r"<iwill> (?:start|begin|focus|concentrate|tackle)\b<...>(?:with|on|first)",
          r"<iwill> (?:look|check|do|fix|solve|settle)\b<...>\bfirst",
          r"^(?:\w+, )?(?:the )?first(?: thing| of all|ly)?[:,]", r"first (?:<iwill>|<lets>|comes|we|i)\b",
          "first of all", "first and foremost", r"<lets> start with", r"comes? (?:first|before)",
          r"(?:first|top|main|highest|number one) (?:priority|concern)", r"(?:would|will|i|we) tackle first",
          r"(?:i|we)(?:'d| would|'ll| will)? do (?:this|that|it) first",
          r"(?:sort out|settle|fix|solve|know|answer)\b<..>\bbefore (?:anything|all)",
          r"<iwill> only (?:do|look|build|forecast|cover|take|handle|score|touch|start|treat|change)"),
         ("first to thank", "first time", "start with a (?:question|joke)")),
    Rule("prioritises", "weighs the paths",
         ("most important", "highest[- ]leverage", "biggest lever", "most (?:valuable|urgent|leverage)",
          "more (?:important|urgent) than", r"care (?:more|most) about", r"matters? (?:the )?most",
          r"prioriti[sz]e\b<...>(?:over|before|first)", "higher priority", "where (?:most|the bulk) of",
          r"(?:above|before) (?:all|everything|anything) else", r"everything else (?:depends|follows|can|comes)"),
         ("<metric>", "what matters most")),
    Rule("prioritises", "in an order",
         (r"in (?:two|three|four) (?:phases|steps|stages)", "phase one", "step one",
          "phased (?:plan|approach)", r"first\b<...>\bthen\b<...>\b(?:later|finally|last|then)",
          r"the order (?:would be|is|i)", "in (?:this|that) order")),
    Rule("defers", "leaves it for later",
         ("for later", "until later", "can wait", "later on", "not (?:right )?now", "not today", "not yet",
          r"(?:skip|ignore|leave|park)\w*\b<...>(?:for now|today|aside|for the moment)",
          r"(?:for now|today)\b<..>(?:skip|ignore|leave|park)", "in (?:phase|step|version) two",
          r"postpon\w+", "defer(?:s|ring|red)?", r"(?:am|'m|would|'d|will|'ll) park(?:ing)?", "come back to",
          r"(?:leave|leaving) (?:\w+ ){1,4}(?:aside|out)", r"put (?:\w+ ){1,4}aside", "next quarter",
          "backlog", r"after the (?:pilot|launch|first release)", "skip (?:it|that|this|the)", "distraction",
          r"(?:keep|leave|take)\b<..>\bout of (?:the|this|version|it)", "nice to have", "(?:for|until) another (?:time|day|week|month|quarter)",
          r"not what (?:i|we)(?:'d| would|'ll| will)? (?:spend|start|do|look|begin|work)", r"(?:drop|dropping|cut|cutting) (?:\w+ ){1,4}from"),
         ("decided yet", "commit", "leaves out", "everyone who", "label")),
    Rule("defers", "puts it out of scope",
         ("out of scope", r"(?:not|n't) in scope", "cut (?:the )?scope",
          "(?:narrow|limit|reduce) the scope", r"not (?:my|a|our) (?:first )?priority",
          r"deliberately (?:not|leav\w+|skip\w*|ignor\w+|park\w*|postpon\w+)", r"on purpose,? (?:not|i leave)"),
         negatable=False),
    Rule("defers", "would not do it now",
         (r"(?:not|n't)(?: going to| want to| yet)? (?:touch|build|train|use|pick|fit|do|start|spend|bother|work|reach for"
          r"|go into|look at|model|need|add|worry about)\b<...>\b(?:now|yet|today|at this (?:point|stage)"
          r"|this (?:week|month|quarter)|for the moment|for (?:this|that))",),
         negatable=False),
    Rule("commits", "goes with it",
         (r"(?:<iwill>|<i>|<lets>) (?:go (?:with|for|ahead with)|choose|pick|decide (?:for|on|to|that)"
          r"|settle (?:on|for)|commit|opt for|recommend)",
          "<i> (?:going with|choosing|committing to|opting for)"),
         (r"(?:if|before|unless|until|whether) (?:i|we)(?:'d| would)? (?:choose|pick|decide|commit|go)",
          "(?:with|for|to|of) either", "(?:had|have|need) to (?:choose|pick|decide)$")),
    Rule("commits", "chooses among conditions",
         (r"(?:if|when) (?:i|we) (?:must|have to|had to) (?:choose|pick|decide)\b<..>\bi(?:'d| would|'ll| will)?"
          r" (?:choose|pick|take|go)",
          r"(?:so|constraints?|left|time|equal),? (?:i|we)(?:'ll| will|'d| would)? (?:choose|pick|take"
          r"|go (?:with|for))")),
    Rule("commits", "calls it a decision",
         (r"my (?:decision|choice|call|recommendation)(?: here| now| today)?(?: is|:|,)",
          r"(?:i|we)(?: have|'ve)? decided (?:to|for|on|that)",
          r"the decision is (?:to|that|made|taken)", "decision:",
          r"(?:it|that)(?:'s| is) (?:settled|decided)", "put my name (?:to|under|on|behind)",
          "my final (?:answer|word)", r"that(?:'s| is) my (?:answer|decision|call|choice|pick)",
          r"^(?:all right|alright|fine|ok|okay|good),? (?:we|i) (?:do|take|use|run|keep|start with)")),
    Rule("commits", "will ship it",
         (r"(?:i|we)(?:'ll| will|'re going to| are going to| am going to|'m going to) (?:ship|launch|roll out"
          r"|hold|block|stop|switch)",),
         ("if", "when", "unless", "once", "roll back", "switch back", "stop here")),
    Rule("lists_everything", "many options",
         (r"(?:many|lots? of|plenty of|several|a number of|all sorts of|tons of) (?:things|options|ways"
          r"|approaches|ideas|possibilities|techniques|directions|paths)",
          r"(?:do|try|cover|use|build|include) (?:all of|everything|it all|as much as)")),
    Rule("lists_everything", "a long list",
         (r"[\w-]+(?:, (?:or |and )?[\w-]+(?: [\w-]+){0,3}){4}",
          r"[\w-]+(?:, [\w-]+(?: [\w-]+){0,3}){3}[\w -]{0,40},? and"),
         ("accuracy", "auc", "precision", "f1", "you know", "i mean")),
    Rule("lists_everything", "or, or, or; there is, there is",
         (r"or\b<...>\bor\b<...>\bor", r"there(?:'s| is| are)\b<...>\bthere(?:'s| is| are)\b<...>"
          r"\bthere(?:'s| is| are)")),
    Rule("hedges", "it depends",
         (r"(?:it|that) (?:really |all |very much |just )?depends",
          r"(?:we(?:'d| would| will|'ll)?|one would) (?:just )?(?:have to|need to) (?:see|try|test)"),
         (r"depends on (?:it|that)$",)),
    Rule("hedges", "either way",
         ("either way", r"either (?:one )?(?:could|would|might|is fine|works)",
          r"both (?:could|would|make sense)", "both (?:have|are) (?:merits?|good|fine|valid|possible|options|their|pros)", r"(?:go|goes|going) (?:either|both) ways?",
          r"could (?:be|go) (?:the one or|anything|either|both|any)", "on the one hand", "pros and cons",
          r"(?:we|i|one) could do\b<...>\bor", r"(?:maybe|perhaps)\b<...>\b(?:maybe|perhaps)",
          "(?:hard|tough|difficult|impossible) to (?:say|tell|choose|answer|judge|decide)",
          "no strong (?:opinion|preference|view)", "(?:don't|do not) have a (?:strong |clear )?(?:opinion|preference|favou?rite)",
          r"could be\b<...>\bcould be", r"who knows\b(?! \w)",
          r"(?:leave|keep) (?:it|that|this|(?:my|our|all|the) options) open")),
    Rule("hedges", "is not sure which",
         ("not sure", "unsure", "undecided", "no idea",
          r"(?:can't|cannot|couldn't|could not) (?:really |yet )?(?:say|tell|decide|answer)"),
         ("not sure (?:i (?:follow|understand)|about that number)",),
         negatable=False),
    Rule("hedges", "does not want to choose",
         (r"(?:rather not|not|n't|hesitate to|too early to|cannot|(?:not|n't) (?:really )?(?:like|want|ready|able)"
          r" to(?: be)?|(?:not|n't) (?:feel )?(?:very |really )?comfortable) (?:choose|choosing|pick|picking|commit"
          r"|committing|decide|deciding|say which|be pinned|pinned down|take a position"
          r"|rule (?:anything|either) out)",),
         negatable=False),
)  # fmt: skip

DATA = (
    Rule("doubts_data", "calls them proxies",
         (r"prox(?:y|ies)", r"stand-ins?", "directional", "not (?:the )?ground truth", "survivorship",
          "self-selected", "censored", r"(?:isn't|is not|aren't|are not|not) (?:quite )?the same (?:thing )?as",
          r"(?:under|over)(?:stat|count|report)\w*", r"only (?:means?|says?|tells?|proves?) (?:that|us|what|who)?",
          r"(?:skewed|biased|noisy|stale|dirty|unreliable|incomplete|partial|selective|late) <data>")),
    Rule("doubts_data", "would not rely on them",
         (r"(?:not|n't|never|cannot|hardly|doubt|careful about|wary of|suspicious of|sceptical|skeptical"
          r"|distrust)\b<..>\b(?:trust|rely|relying|lean|count on|believe|take|use|treat|of|about|that|the"
          r"|these|those)\b<...>\b<data>",),
         ("no (?:reason|need) to", "not (?:doubt|worried|question)", "see no", "wait for",
          "not (?:have|need|look)", "don't have", "touch", "ask for", "not all"),
         negatable=False),
    Rule("doubts_data", "calls them late, noisy, biased",
         (r"<data>\b<...>\b(?:late|delayed|noisy|noise|wrong|biased|skewed|stale|outdated|incomplete"
          r"|missing|unreliable|suspect|doubtful|dirty|contaminated|inconsistent|questionable|leak\w*"
          r"|mislabell?ed|(?:not|n't|never) (?:yet )?(?:match|reflect|represent|cover|final|complete|settled"
          r"|mature))",),
         ("no longer", "not (?:noisy|late|biased|wrong|a problem)", "check", "audit", "count how", "measure",
          "compare", "late(?:r|st)", "if the")),
    Rule("doubts_data", "noise, bias, leakage by name",
         ("label noise", "noisy labels?", "noise in", r"uncertainty in (?:the |these |our )?<data>",
          r"leak(?:age|s|ing)?", "selection bias", "sampling bias", r"bias(?:ed)? (?:in|sample|towards?|against)",
          "drift(?:ed)? since", "concept drift", "distribution shift", r"(?:un)?representative\w*",
          "delayed labels?", "late labels?", r"(?:known|set|filled|written) only after",
          "only (?:set|filled|written|known) after"),
         ("risk", r"monitor\w*", r"alert\w*"),
         negatable=False),
    Rule("doubts_data", "who is missing",
         (r"(?:under|over)-?represented", "leaves? out", "left out", r"not in (?:the|this|that|our) <data>",
          "(?:barely|hardly|rarely|never) (?:appears?|shows? up|occurs?)", "coverage (?:is|looks) \\w+",
          r"too few (?:rows|cases|examples|labels|positives)", r"(?:never|don't|do not) get (?:a )?labels?",
          r"(?:have|has) no labels?", r"unlabell?ed", r"we (?:only|just) see", "only (?:shows?|tells?|covers?)",
          r"not all (?:of )?(?:the )?(?:fraud|cases|losses|users)")),
    Rule("doubts_data", "how they came about",
         (r"(?:who|how|when|where) (?:made|makes|wrote|writes|decides|labelled|labeled|were|was|are|is|do|does"
          r"|did)\b<...>\b(?:labels?|labelled|labeled|annotated|recorded|collected|sampled|come from)",
          r"(?:how (?:reliable|late|complete|clean|noisy|old|good|fresh)|what (?:concerns|worries) me about)"
          r" (?:are |is )?(?:the |these |this |our |those )?<data>",
          r"only (?:what|those|the ones|cases?)\b<...>\b(?:confirm|report|disput|caught|catch|notic|complain"
          r"|flag|review)\w*",
          r"what (?:somebody|someone|people|reviewers|users|the)\b<..>\b(?:bothered|happened|chose|caught"
          r"|had time|complain\w*|report\w*|disput\w*)",
          r"(?:just|only) what (?:got|was|were|is|they|somebody|someone|people|we)", r"reflects? (?:what|who|how|the old|past)"),
         negatable=False, asked=None),
    Rule("doubts_data", "from another time",
         (r"(?:<data>|it|that|this)\b<..>\b(?:from before|predates?|before the|(?:last|two|three) years? (?:old|ago)"
          r"|no longer (?:match|reflect|hold|represent)\w*)",
          r"(?:written|recorded|filled in|set|labell?ed|added|entered|typed|logged)\b<..>\bafter (?:the|it|they"
          r"|we|somebody|someone)"),
         ("before the (?:meeting|end|model)", "first")),
    Rule("checks_data", "audits, samples, relabels",
         (r"sanity[- ]check\w*", r"spot[- ]check\w*", r"re-?label\w*", "label (?:a|another) (?:sample|hundred)",
          r"(?:audit|inspect|sample|re-?read|hand-?check|double-?check|cross-?check|verify|validate)\w*\b<...>"
          r"\b(?:<data>|by hand|segments?|cases|examples|random|month|coverage|join|source)",
          r"(?:hold ?out|back ?test\w*) (?:on|by|against|the)",
          r"(?:random|blind|sample|hundred)\b<...>\b(?:judged|read|labell?ed|reviewed|by hand|by two)",
          r"(?:judge|label|read|rate|review|mark) the same", r"how often (?:they|the \w+) (?:differ|disagree|agree)",
          r"(?:go|read|look|walk)(?:ing)? through\b<..>\b(?:charts?|cases?|examples?|orders?|files?|tickets?|reviews?"
          r"|records?|rows?|posts?)"),
         ("no (?:need|point|reason) (?:to|in)", "asked to verify")),
    Rule("checks_data", "looks before relying on it",
         (r"(?:<iwill>|<lets>|worth|before\b<...>) (?:check|look at|count|measure|compare|plot|test|quantify"
          r"|examine|look into|pull|read)\b<...>\b(?:<data>|missing|nulls?|duplicates?|coverage|segments?"
          r"|label rate|agreement|agree|noise|distribution|per (?:country|segment|month|reviewer))",
          r"(?:<iwill>|<lets>) see (?:how|whether|if)\b<...>\b(?:moves?|varies|changes|differs?|holds?|agree"
          r"|by (?:month|country|segment|reviewer))",
          r"(?:join|match|compare)\w*\b<..>\bagainst (?:the|our|a)", "would tell us (?:if|whether)",
          r"before (?:i|we|anyone) (?:trust|rel(?:y|ies) on|use|believe)"),
         (r"(?:\w+, ){2}", r"(?:daily|weekly|hourly|alert|every (?:morning|day|week))")),
    Rule("trusts_data", "calls the data good",
         (r"<data>(?: \w+){0,2}<is> (?:probably |pretty |quite |very |mostly |all |basically |just )?(?:fine|clean"
          r"|good|reliable|correct|accurate|complete|right|okay|ok|solid|trustworthy|(?:the )?(?:ground )?truth"
          r"|enough|sufficient)",
          r"(?:already|has been|have been) (?:been )?(?:cleaned|checked|validated|verified)",
          r"(\w{3,}) (?:are|is) \1", "straight from the",
          r"(?:good|safe|reliable) (?:guide|basis|guess) (?:for|to)",
          r"(?:great|perfect|good|huge|rich|solid) (?:training (?:set|data)|dataset|data set|source)", r"(?:data|numbers) (?:doesn't|don't|does not|do not) lie"),
         ("if", "whether", r"assum\w+", "suppose", "unless", "once", "doubt", "until", "before", "not sure",
          "check")),
    Rule("trusts_data", "takes them as they are",
         (r"(?:<i>|can|could|just|simply)(?: can| could)? (?:trust|rely on|believe) (?:the|these|those|this|that|our|their|your)"
          r" (?:\w+ )?<data>",
          r"tak(?:e|ing) (?:them|it|(?:the|these|those) <data>) (?:as (?:they are|it is|is)|at face value)"),
         ("if", "whether", "unless", "once", "until", "before", "how far")),
    Rule("trusts_data", "expects tomorrow to be like the history",
         (r"(?:plenty of|enough|lots of|so much|a lot of|years of) (?:\w+ )?<data>\b<...>\b(?:enough|will (?:look"
          r"|be|stay|behave)|same|fine|sufficient|no problem|go ahead)",
          r"the (?:future|past|next \w+)\b<..>\b(?:will (?:look|be)|looks?) (?:like|the same)",
          r"(?:offline|test|validation)\b<..>\b(?:will|should) (?:carry over|hold|transfer|be the same|translate)")),
    Rule("trusts_data", "sees nothing to question",
         (r"(?:no (?:reason|need|point) (?:to|in) (?:doubt|question|check|validate|audit|checking|doubting)"
          r"|not worried about|don't worry about|not concerned (?:about|with))\b<...>\b(?:<data>|it|them|that)",),
         negatable=False),
)  # fmt: skip

METRICS = (
    Rule("chooses_metric", "picks one measure and says why",
         (r"(?:optimi[sz]e|prioriti[sz]e|maximi[sz]e|minimi[sz]e|favou?r|go with|go for|choose|pick|push"
          r"|care (?:most )?about|judged? (?:by|on)|hold|fix|cap|headline|primary metric|main metric"
          r"|one number|target|put)\b<...>\b<measure>", r"measure (?:how|whether|the (?:share|time|number|money))"),
         (r"if (?:we|you|i) (?:optimi|priorit|favou?r|care|want)\w*", "misleading"),
         ("<because>",)),
    Rule("chooses_metric", "one error is worse than the other",
         (r"<metric>\b<...>\b(?:matters? (?:more|most)|more important|what (?:i|we)|the one|(?:far |much )?worse"
          r"|comes (?:first|before)|over (?:precision|recall|accuracy)|beats|weighs more|first)",),
         ("misleading",),
         ("<because>",)),
    Rule("chooses_metric", "sets one error against the other",
         (r"(?:so|far|much|way) (?:much )?worse\b<...>\b(?:i|we|so)", r"err on", r"(?:cost|costs|costing)\b<...>"
          r"\b(?:cost|costs|more than|times (?:as|more)|cents)\b<...>\b(?:so|therefore|i'd|i would)"),
         ("get worse", "gets worse")),
    Rule("accepts_tradeoff", "accepts a price",
         (r"(?:<i>|i can|we can|i'm willing to|i am willing to|we are willing to|and) (?:accept|tolerate|live with"
          r"|put up with|take on)", "accepting", "at the (?:price|cost|expense) of",
          r"willing to (?:accept|pay|lose|give up|take|sacrifice|live with)",
          r"(?:fine|okay|ok|comfortable) with (?:losing|more|some|fewer|less|a)", "cost we take",
          r"price (?:we|i)(?:'ll| will|'m willing to| am willing to| are willing to)? pay",
          r"that(?:'s| is) the price", "so be it", "the ones who (?:lose|pay|suffer)",
          r"(?:happily|gladly|rather) (?:drown|take|pay|lose|live|wait|have)", "worth (?:it|that|the)", r"<i> defend (?:that|it|this)"),
         (r"if (?:we|you|i) accept", r"accept (?:the )?(?:offer|invitation|your point)",
          r"not worth", r"worth (?:the|it)\?")),
    Rule("accepts_tradeoff", "trades one thing for another",
         (r"trad(?:e|ing)(?: off| away)? (?:some |a bit of |a little )?(?:\w+ )?<harm>\b<...>\b(?:for|against)",
          r"(?:give|giving) up (?:some|a|the|on|that|\w+ing|\w+)", r"sacrific\w+",
          r"even though (?:it|this|that|we) (?:saves?|costs?|takes?|means?|loses?|is|will|are)", r"even if\b<...>\b(?:drops?|falls?|rises?|suffers?|loses?|slower|worse|goes (?:up|down))",
          "in exchange for", "in return"),
         ("never give up", "without giving up", "not give up", "would (?:we|you) give up")),
    Rule("accepts_tradeoff", "says who pays",
         (r"(?:some|good|honest|legitimate|new|small|real|genuine)\b<..>\b(?:will|would|have to|must) (?:wait|pay"
          r"|suffer|lose|be (?:blocked|stopped|held|asked|delayed|declined))",),
         (),
         (r"i (?:think|accept|find)", "that is right", "right (?:call|price)", "acceptable", "worth", "fine",
          "better than")),
    Rule("lists_metrics", "three measures in a row",
         (r"<metric>[^\n\w]{1,3}(?:and |or |also |then |the |maybe ){0,2}<metric>[^\n\w]{1,3}"
          r"(?:and |or |also |then |the |maybe ){0,2}<metric>",
          r"(?:the )?usual (?:metrics|ones|suspects)", r"(?:all|standard) (?:the )?(?:usual |standard )?metrics"),
         asked=None),
    Rule("lists_metrics", "falls back on accuracy or AUC",
         (r"(?:optimi[sz]e|maximi[sz]e|measure|report|track|use|look at|go with|default to|check"
          r"|evaluate (?:on|with|by)|judge (?:by|on))(?: (?:for|the|overall|on|by|with|plain|model|test|our|just"
          r"|simply)){0,3} (?:accuracy|(?:roc )?auc|f1)",
          r"(?:accuracy|auc|f1)(?: is| would be| should be| will be| as) (?:the|our|my|a|fine|enough|good|standard)"),
         (r"mislead\w*", "not enough", "useless", "nothing", "imbalance", "even if", "wrong", "never")),
)  # fmt: skip

ADAPTABILITY = (
    Rule("adapts", "says what a change does to the plan",
         (r"(?:that|this|it|which) (?:really |clearly )?(?:changes|shifts|breaks|alters|upends|invalidates"
          r"|overturns|undoes) (?:the|my|our|what|how|things|priorities|everything|one)",
          "changes (?:priorities|things)",
          r"(?:plan|approach|priorities|threshold|design|model|limit) (?:has|have|needs?) to (?:change|go|move|shrink)",
          r"then (?:the|my|our|that) \w+ (?:has|have|needs?|must|goes|becomes?|drops?|moves?|leaves?|falls?)",
          r"(?:i|we) (?:had )?assumed\b<...>\b(?:but|not|wrong|can't|cannot)")),
    Rule("adapts", "in the light of news",
         (r"(?:with (?:that|this|the new|such a|only|just)|given (?:that|this|the new)|(?:in )?(?:the )?light of"
          r"|under (?:that|this|the new)|now that|then|ok|okay|right|understood|fine|hm+)\b<...>\b(?:i|we)(?:'d"
          r"|'ll|'m| am| would| will|'re| are)?(?: (?:now|rather|have to|need to|going to))? (?:simplify|drop"
          r"|swap|switch|replace|revis\w+|adjust\w*|chang\w+|mov\w+|cut\w*|lower|raise|tighten|reorder|rethink"
          r"|reconsider\w*|reprioriti\w+|updat\w+|shift|shrink\w*)",),
         ("move on",)),
    Rule("adapts", "cannot, so does instead",
         (r"(?:if|since|now|because|as) (?:it|we|i|they)(?:'re| are)? (?:cannot|can't|may not|must not|no longer|not allowed)"
          r"\b<...>\b(?:i|we)(?:'d|'ll| would| will)?\b<...>\b(?:instead|drop|switch|use|lean|build|move|fall)",)),
    Rule("adapts", "hears something new and moves",
         (r"(?:that|this)(?:'s| is) (?:new|news|different|a new)",
          r"(?:i|we) (?:had )?assumed (?:we|that|the|it|they)"),
         (),
         (r"(?:<iwill>|so|then)\b<...>\b(?:drop|move|build on|swap|switch|replace|adjust|change|revise|instead"
          r"|lower|raise|cut|start)",)),
    Rule("adapts", "adjusts, reprioritises",
         (r"(?:<iwill>|<i>|<lets>) (?:adjust|adjusting|reprioriti[sz]e|re-prioriti[sz]e|rethink|reconsider"
          r"|revise|revising|update|updating|rework|change|changing) (?:my|the|our|what|that|priorities|course)",),
         ("every (?:day|week|month)", "weekly", "monthly", "daily", "why")),
    Rule("weighs_view", "grants a point",
         (r"i (?:see|get|take|understand|hear) (?:the|your|that|\w+'s) (?:benefit|point|appeal|value|concern"
          r"|argument|side|worry|logic)", "(?:good|fair|valid|reasonable) (?:point|objection|concern|challenge)",
          r"you(?:'re| are) right (?:that|about|to|,|on)", "you(?:'ve| have) (?:got )?a point", "point taken", r"i (?:do )?like (?:the|your|that) (?:idea|thought|suggestion|warning|proposal)", r"i hear you(?! (?:right|correctly|well))",
          "i (?:see|understand) why",
          "there is (?:something|merit|truth) (?:in|to)", "i can see why",
          r"makes sense\b<...>\b(?:but|although|though|even if|price|costs?|and)",
          r"that(?:'s| is) true,? (?:but|and|though)", "i grant (?:you )?that", "i'll give you that")),
    Rule("weighs_view", "compares at its price",
         (r"your (?:approach|way|idea|suggestion|option|proposal|plan) (?:is|would be|has|would|buys|saves|costs"
          r"|gives)", "compared (?:to|with) (?:your|mine)", "what your (?:approach|option|idea)"),
         ("wrong", "nonsense", "(?:won't|will not|would never|never) work", "bad", "pointless")),
    Rule("defends_plan", "keeps the plan",
         (r"(?:n't|not|nothing\b<...>) chang(?:e|es|ed|ing) (?:anything|a thing|my|the|our|much|that)",
          r"(?:stick|stand|stay) (?:with|by|to) (?:my|the|our) (?:\w+ )?<plan>",
          "stand by (?:it|that|this|what i)", "stick to (?:it|that)",
          "keep (?:my|the|our) (?:original|first|same|current|initial)",
          r"my (?:\w+ )?<plan> (?:still )?(?:stands|is still right|holds)", "<plan> still (?:stands|works|holds)"),
         negatable=False),
    Rule("defends_plan", "sees no need to change",
         (r"no (?:need|reason|cause) (?:to|for) (?:chang\w+|adjust\w*|revis\w+|reconsider\w*|rethink\w*)",
          "why (?:i|we) (?:should|would|need to|must) change",
          r"not going to (?:change|redo|rework|rethink|start over)", "won't be changing",
          r"(?:not|n't) (?:change|touch|reopen|revisit) (?:it|that|this|anything)",
          r"still think\b<...>\b(?:right|best|better|good|fine)", r"already decided", r"(?:can|will) do that too", r"<i> leave it(?: as it is| alone| at that)?$", "leave it as it is",
          r"so i(?:'d| would|'ll| will) leave it", r"(?:make|squeeze|get) it (?:to )?(?:fit|faster|under)"),
         negatable=False),
    Rule("rejects_view", "says no, wrong",
         (r"(?:that|this|you|it)(?:'s|'re| is| are) (?:simply |just |plainly |plain |clearly |completely )?(?:wrong"
          r"|mistaken|nonsense|a bad idea|not how|out of the question|ridiculous|pointless|beside the point)",
          r"(?:that|this|it)(?:'s| is) not (?:relevant|true|the point|right|correct|realistic|possible|an option|how)",
          "makes no sense", r"^no,? (?:that|this|it|you)(?:'s|'re| is| are)? (?:wrong|not right|not true|no)",
          "with respect", "(?:everybody|everyone) knows",
          r"you (?:don't|do not|can't|cannot) (?:understand|want to do|do it like)",
          "i(?:'m| am) the (?:one who|expert)"),
         ("if", "might", "could", "may", "unless", "until", "correct me", "stop me", "whether", "not wrong")),
    Rule("rejects_view", "will not work, will not discuss",
         (r"(?:that|this|it|your \w+|rules|they)(?: won't| will not| would never| wouldn't| would not| can't| cannot"
          r"| will never| never| does not| doesn't| don't) works?", "i (?:don't|do not) agree", "i disagree",
          "not worth (?:discussing|it|my)", r"i don't (?:see|think) (?:that|your|the) (?:helps|matters|point)"),
         ("if (?:that|it)", "partly", "in part")),
)  # fmt: skip

RISK = (
    Rule("names_risk", "the biggest risk",
         (r"(?:biggest|main|first|worst|largest|greatest|real|highest|obvious|key|one|another|second|serious|top)"
          r" (?:risk|danger|failure|threat|weakness|worry|failure mode)",
          r"the (?:risk|danger|weak spot|weak point|achilles heel|failure mode|brittle (?:part|segment|spot))"
          r" (?:here )?(?:is|are|lies|would be)", "weak spot", "brittle", "single point of failure", "worst case"),
         ("what is", "no real risk")),
    Rule("names_risk", "how it breaks",
         (r"(?:this|it|that|we|which|the (?:model|system|plan|rule|score|limit|queue))(?: will| would| could"
          r"| might| may| can)? (?:fails?|breaks?|collapses?|falls? over) (?:when|if|for|as soon|because|under)",
          r"ways? (?:this|it|that) (?:fails|breaks|could fail|can fail|goes wrong)",
          r"(?:could|can|might|may|would|will) (?:go|goes) wrong(?: is|:|,| if| when)", "goes wrong for",
          r"(?:could|might|may|would) (?:sink|break|ruin|overwhelm|swamp|defeat|game|evade|poison|bite|hurt)",
          "fails? silently", r"(?:will|would|could|might)(?: \w+)? (?:get worse|stop working|fall apart|be gamed)",
          "makes? nonsense of", "feedback loop", r"ends? up (?:hold|block|punish|hurt|miss|stopp)\w*ing",
          r"expect\b<..>\bto (?:hurt|break|fail|bite)", r"(?:hits?|hurts?|punish\w*)\b<..>\b(?:hardest|most|first)"),
         ("we fall back", "roll back", "nothing")),
    Rule("names_risk", "someone adapts, something worries",
         (r"<people> (?:(?:will|would|could|may|might|can) )?(?:learns?|adapts?|move on|games?|splits?"
          r"|rubber-?stamps?|probes?|works? around|tests?|tries|try|finds?|exploits?|abuses?|gets? around|copy|copies)",
          r"(?:i'm|i am|we're|we are) (?:worried|concerned|afraid) (?:that|about)",
          "what worries me (?:most )?(?:is|about)", "my (?:worry|fear) is", "(?:what )?i fear"),
         ("labels?", "data")),
    Rule("plans_monitoring", "watches and alarms",
         (r"monitor(?:ed|s|ing)?", "alert(?:s|ed|ing)?", "(?<!false )alarms?",
          r"dashboards? (?:with|showing|for|of|that)", "paged", "pager",
          r"(?:page|wake|ring|notify|warn)s? (?:up )?(?:someone|somebody|us|the|me|on-call|whoever)", "canary",
          "trip ?wire", r"(?:hourly|daily|weekly|monthly) (?:list|report|check|review|count|look|number|reading|chart)"),
         (r"(?:no (?:need|reason) (?:to|for)|not need(?: to)?) (?:monitor|alert|watch)", "call us")),
    Rule("plans_monitoring", "keeps an eye on a figure",
         (r"(?:(?:<iwill>|<lets>|and) (?:watch|track|read|follow|keep an eye on)|keep an eye on|watch(?:ing)? for"
          r"|(?:every|each) (?:morning|day|week|hour))\b<...>\b(?:rate|share|daily|weekly|hourly|every|above|below"
          r"|distribution|drift|appeals|complaints|latency|volume|median|count|percent|number)",),
         ("by hand",)),
    Rule("plans_fallback", "falls back",
         ("fall(?:s|ing)? ?-?back", "fallbacks?", "roll(?:s|ing|ed)? ?(?:it |this |them )?back", "rollback",
          "kill[- ]?switch", "feature flag", "degrades? gracefully", r"graceful(?:ly)? degrad\w+",
          "circuit breaker", "fail(?:s)? (?:open|closed|safe)", "safe default", "(?:switch|turn) it off",
          "switch(?:es)? back", "back to (?:the|our) (?:rules|old|previous|plain|last|usual)", r"overrul\w+",
          r"overrid\w+", "plan b", "contingency")),
    Rule("plans_fallback", "if it fails, then",
         (r"(?:if|when|should|once)\b<...>\b<break>\b<...>\b(?:manual(?:ly)?|by hand|rules?|hold|queue|cached?"
          r"|default|yesterday's|previous|old|human|person|reviewer|paper|as (?:today|before|now|it is now)|approve|sorted)",)),
    Rule("claims_robust", "nothing can go wrong",
         (r"nothing (?:can|could|will|would|really |should )?(?:can |could |will |would )?(?:go(?:es)? wrong|fail"
          r"|break|happen)", "bullet-?proof", "fool-?proof", "rock[- ]solid", "failure is unlikely",
          r"(?:won't|will not|cannot|can't|never|shouldn't|should not) (?:really )?(?:fail|break|go wrong)",
          r"(?:isn't|is not|aren't|nothing)(?: really)? (?:anything|much)?\b<..>\b(?:break|fail|go wrong)",
          r"can't think of anything\b<..>\b(?:break|wrong|fail)",
          r"(?:don't|do not|can't|cannot) see (?:how|why|what)\b<..>\b(?:fail|go wrong|break)")),
    Rule("claims_robust", "calls it robust",
         (r"(?:is|are|be|it's|'re|quite|very|pretty|fully) (?:\w+ )?(?:robust|bulletproof|safe enough|very safe"
          r"|production[- ]ready|resilient)", r"(?:so|and|then) (?:we|it|that)(?:'re| are|'s| is) safe",
          r"(?:don't|do not) (?:expect|see|foresee|anticipate) (?:any )?(?:problems?|issues?|risks?|failures?"
          r"|trouble)", r"no (?:real |major |big |serious )?(?:risks?|issues|problems) (?:here|with|that i)",
          r"confident (?:that )?(?:it|this) will (?:just )?(?:work|hold)", "it will (?:just |simply )?work", r"(?:is|'s) (?:very |really |quite )?stable", r"i(?:'m| am) not worried",
          "takes? care of itself", "(?:will|should) be fine", "no downsides?"),
         ("to be", "make it", "has to be", "must be", "more robust", "robust to what", "if")),
    Rule("retrain_only", "will retrain",
         (r"re-?train(?:ing|ed|s)?", "train (?:it|the model|that) (?:again|once more|anew|afresh)", r"learns? continuously",
          r"continuous(?:ly)? (?:learning|training)", "online learning",
          r"(?:update|refresh|refit) the model (?:weekly|daily|monthly|every|regularly|often)"),
         (r"(?:not|n't) help", "not enough", r"is no (?:answer|help|cure|solution|remedy)", "too slow")),
)  # fmt: skip

COMMUNICATION = (
    Rule("synthesises", "announces a summary",
         (r"summari[sz]e", "summing up", "sum up", "to sum", "in summary", "in short", "recap", "checkpoint",
          "wrap(?:ping)? up", "bottom line", "long story short", "takeaways?", "all in all", "^in one sentence",
          r"(?:pull|bring|put) (?:this|that|it|all of this) together",
          r"^so,? we have\b", r"(?:say|see) what we have", r"where (?:this|that) leaves us",
          "(?:two|three|four|five) (?:things|points|decisions)(?: so far)?:")),
    Rule("synthesises", "says where things stand",
         (r"where (?:we|things|i) (?:are|stand|stands)", "so far,? (?:we|i)", "what we (?:have|know) so far",
          "to this point", r"(?:we|i)(?:'ve| have) (?:now )?(?:agreed|settled|established|decided) (?:on|that|the|to)"
          r"\b<...>\b(?:and|open|left|next)", r"(?:what|which) (?:is|remains|'s) (?:still )?(?:settled|decided|open)"),
         ("where we are (?:going|headed|weak|blind)",)),
    Rule("proposes_next", "says what comes next",
         (r"next,? (?:<iwill>|<lets>|i|we)", r"next steps?(?: is| are| would| for|:)",
          "(?:as|the) (?:a )?next (?:step|thing)", "my next (?:step|move)",
          r"(?:next|this coming|tomorrow|the (?:first|coming)) (?:week|month|sprint|monday|morning),? (?:<iwill>"
          r"|<lets>|i|we)", r"tomorrow,? (?:<iwill>|i|we)", r"after (?:this|that),? (?:<iwill>|i|we)",
          r"shall (?:i|we) (?:go on|continue|move on|go deeper)", r"(?:i'd|i would|i'll|i will) do (?:next|tomorrow|on monday|first thing)", r"(?:let me know|tell me|stop me|happy to|shout) if you(?:'d)? (?:want|would|prefer|like)",
          "unless you (?:object|want|prefer)", r"if (?:you|everyone|that)(?: agrees?|'s fine| is fine| works?)\b<..>"
          r"\b(?:i|we)", r"(?:<iwill>|<lets>) (?:move|go) on to"),
         ("can wait", "leave")),
    Rule("apologises", "says sorry",
         ("sorry", r"apologi[sz]e", "apologies", "forgive me", "my bad", "bear with me"),
         (r"sorry (?:to (?:interrupt|hear)|for the)", "repeat", "say (?:that|it) again",
          "(?:didn't|did not) (?:catch|hear|get)", "missed (?:that|the)"),
         asked=None),
    Rule("apologises", "runs own knowledge down",
         (r"this (?:might|may|could|is probably) (?:well )?(?:be )?(?:wrong|silly|stupid|naive)",
          r"i(?:'m| am) (?:probably|surely|maybe) wrong", "i should (?:have )?(?:really )?know", "i really should know",
          r"i(?:'m| am)(?: not)?(?: \w+)? (?:good|bad|terrible|weak) (?:at|in|with)",
          "i don't know (?:much|enough|anything) about", "i haven't (?:really )?(?:done|seen|used) this",
          "(?:stupid|silly|dumb) question", "(?:feel|sound) (?:\\w+ )?(?:stupid|silly|dumb|lost)",
          "i(?:'m| am) (?:just|only) guessing", "i(?:'m| am) (?:nervous|lost|confused|stuck)",
          "not (?:an|my) (?:expert|area|field|strength)", "my mind (?:is|went) blank"),
         negatable=False),
)  # fmt: skip

RULES: tuple[Rule, ...] = FRAMING + SCOPE + DATA + METRICS + ADAPTABILITY + RISK + COMMUNICATION


def pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern for whole-word occurrences of any of the phrases. KeyError: unknown piece."""
    return re.compile(rf"(?:\b|(?=n't\b))(?:{'|'.join(_expand(phrase) for phrase in phrases)})(?!\w)")


def _expand(phrase: str) -> str:
    expanded = re.sub(r"<([a-z]+|\.\.\.?)>", lambda found: PIECES[found[1]], phrase)
    return expanded if expanded == phrase else _expand(expanded)
