"""What the listener hears: a labelled table, the careful cases one by one, and its speed."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rooms.core.messages import (
    AnyEvent,
    Asked,
    Assumed,
    DataRequested,
    Decided,
    Revised,
    Said,
    Summarised,
)
from rooms.listener.builtin import RULES, hear, hear_event
from scenarios.core.acts import ACTS
from tests.core.test_listener_held_out import FIRST, SCRIPTS

# sentence | acts in it | acts a careful reader may or may not hear (counted neither way)
TABLE: tuple[tuple[str, str, str], ...] = (
    # framing
    ("Before choosing an approach, I want to clarify whether engagement means frequency or retention.",
     "clarifies", "defers prioritises"),
    ("Which customers does this decision serve?", "clarifies", ""),
    ("What matters most to you, fewer losses or fewer angry sellers?", "clarifies", ""),
    ("Do we have a latency budget I should respect?", "clarifies", ""),
    ("How much does one wrongly blocked order cost the company?", "clarifies", ""),
    ("Can I ask who owns the decision once the score is out?", "clarifies", ""),
    ("What would count as success here?", "clarifies", ""),
    ("In my own words: we must decide which payouts to hold, before we know which are bad.",
     "restates_problem", ""),
    ("So what we are really deciding is whom to stop and whom to let through.", "restates_problem", ""),
    ("Let me restate the problem: sessions fell, and we do not know for whom.", "restates_problem", ""),
    ("If I hear you right, the goal is to lose less without hurting new sellers.", "restates_problem", ""),
    ("I'll assume a latency limit of 100 ms unless that is wrong.", "states_assumption", ""),
    ("My assumption is that reviewers work office hours only.", "states_assumption", ""),
    ("Assuming the labels come two months late, last month is still blank.",
     "states_assumption", "doubts_data"),
    ("I am taking for granted that we may contact users by mail.", "states_assumption", ""),
    ("I would not assume that every complaint is genuine.", "", "doubts_data"),
    ("I'd build a churn prediction model using historical data.", "jumps_to_model", "trusts_data"),
    ("Let's train XGBoost on everything we have.", "jumps_to_model", ""),
    ("The obvious thing is a graph neural network over accounts.", "jumps_to_model", ""),
    ("I would start with a random forest and then try an LSTM.", "jumps_to_model", "prioritises"),
    ("I will use a two-tower model with BERT embeddings.", "jumps_to_model", ""),
    ("I would not reach for a neural network yet.", "", "defers"),
    ("Is there a model in place today?", "clarifies", ""),
    # scope
    ("First I'd look at new accounts, because that is where most of the loss is.", "prioritises", ""),
    ("The highest-leverage thing is the payout delay, so that comes first.", "prioritises", ""),
    ("I'd focus on mobile users first since the drop is steepest there.", "prioritises", ""),
    ("The most important question is who bears the error.", "prioritises", ""),
    ("Long-tail queries are what I would tackle first.", "prioritises", ""),
    ("Let's leave the ranking model for later.", "defers", ""),
    ("I would not touch the mobile app right now.", "defers", ""),
    ("I am parking personalisation on purpose.", "defers", ""),
    ("Explanations for users are out of scope this week.", "defers", ""),
    ("We can come back to seller scores in phase two.", "defers", ""),
    ("I'm not going to do any feature work for now.", "defers", ""),
    ("Given limited time, I'll choose the rules and revisit if constraints change.", "commits", ""),
    ("I'll go with holding payouts for 24 hours.", "commits", ""),
    ("My decision: review by hand above 300 euros, nothing else changes.", "commits", ""),
    ("We are going to ship the rule list on Monday.", "commits", ""),
    ("I decide for the smaller model.", "commits", ""),
    ("If we optimise for recall I'd choose X. If latency dominates, I'd choose Y. "
     "Given current constraints I go with X.", "commits", ""),
    ("It depends on the queue, but if I must choose, I choose the delay.", "commits", ""),
    ("I have not decided yet.", "", "hedges"),
    ("I would not commit to either before seeing more.", "", "hedges"),
    ("It depends.", "hedges", ""),
    ("We could do A, or we could do B, both have merits.", "hedges", "lists_everything"),
    ("I'm not sure, maybe one, maybe the other.", "hedges", "apologises lists_everything"),
    ("I could see it going either way.", "hedges", ""),
    ("I'd rather not choose between them at this point.", "hedges", ""),
    ("That is tough, it could be the one or the other.", "hedges", ""),
    ("There are many things we could try: clustering, rules, anomaly detection, supervised models, "
     "graph features, and deep learning.", "lists_everything", "jumps_to_model"),
    ("We should do all of it: new features, new labels, new metrics, new dashboards.",
     "lists_everything", ""),
    ("I'd look at sessions, clicks, purchases, reviews, complaints, devices, countries and seasons.",
     "lists_everything", ""),
    # data
    ("These labels are proxies, so I'd treat offline metrics as directional.", "doubts_data", ""),
    ("I would not trust these labels.", "doubts_data", ""),
    ("Who made the labels, and when?", "doubts_data", "clarifies"),
    ("The sample leaves out everyone who was blocked, so it is biased.", "doubts_data", ""),
    ("There may be leakage: the refund flag is only set after the investigation.", "doubts_data", ""),
    ("History is from before the price change and may not match today.", "doubts_data", ""),
    ("Small markets are underrepresented in this data.", "doubts_data", ""),
    ("Labels arrive sixty days late and some of them are wrong.", "doubts_data", ""),
    ("I doubt that the click logs are complete.", "doubts_data", ""),
    ("I'd want to sanity-check label noise and segment coverage before trusting this metric.",
     "checks_data", "doubts_data"),
    ("Let's audit two hundred random labels by hand.", "checks_data", ""),
    ("I'd compare the label rate by reviewer first to see whether they agree.",
     "checks_data", "prioritises"),
    ("We should check how many rows are missing for small merchants.", "checks_data", ""),
    ("I would validate with a segment analysis on the newest month.", "checks_data", ""),
    ("The data looks clean, so we can go ahead.", "trusts_data", ""),
    ("The labels are the ground truth, so I would train on them directly.", "trusts_data", ""),
    ("We have plenty of historical data, that should be enough.", "trusts_data", ""),
    ("I trust these labels.", "trusts_data", ""),
    ("I see no reason to question the table.", "trusts_data", ""),
    ("If the labels are clean, the delay is the only problem.", "", "states_assumption"),
    ("Are the labels clean?", "", "doubts_data clarifies checks_data"),
    # metrics
    ("Given harm asymmetry, I'd optimize recall at a fixed false-positive rate, even if overall "
     "accuracy drops.", "chooses_metric accepts_tradeoff", ""),
    ("We'll prioritize precision because every false alarm costs a seller a day of income.",
     "chooses_metric", ""),
    ("The one number I would be judged by is money lost per thousand orders, since that is what hurts.",
     "chooses_metric", ""),
    ("Recall matters more than precision here, as a missed case is far worse than a false alarm.",
     "chooses_metric", ""),
    ("We accept more false positives in return.", "accepts_tradeoff", ""),
    ("The price is a slower checkout for new users, and I accept it.", "accepts_tradeoff", ""),
    ("I am fine with losing some conversion at first.", "accepts_tradeoff", ""),
    ("I'd trade some accuracy for speed.", "accepts_tradeoff", ""),
    ("Good sellers lose a day of cash flow; that is a cost we take on knowingly.", "accepts_tradeoff", ""),
    ("I would not accept more false positives.", "", ""),
    ("I'd measure accuracy, AUC, precision and recall.", "lists_metrics", ""),
    ("We can track F1, log loss, AUC and calibration.", "lists_metrics", ""),
    ("I would optimise accuracy.", "lists_metrics", ""),
    ("AUC should be the metric.", "lists_metrics", ""),
    ("Accuracy would be misleading here due to imbalance.", "", "chooses_metric"),
    ("I would not use accuracy at all.", "", "chooses_metric"),
    # adaptability
    ("This changes the risk profile. I'd adjust priorities and put the lookup first.",
     "adapts", "prioritises"),
    ("With that limit I would simplify the model.", "adapts", "commits"),
    ("That breaks my assumption, so the plan has to change.", "adapts", ""),
    ("Then I drop the graph features and keep the rules.", "adapts", "commits"),
    ("In light of that, I am revising the threshold.", "adapts", "commits"),
    ("This doesn't change anything about my plan.", "defends_plan", ""),
    ("I'd keep the original design, we can optimise it until it fits.", "defends_plan", ""),
    ("I stand by my first proposal.", "defends_plan", ""),
    ("There is no need to change the approach.", "defends_plan", ""),
    ("I see the benefit there. My concern is the load on reviewers.", "weighs_view", "names_risk"),
    ("That is a fair objection, and it would cost us about a week.", "weighs_view", ""),
    ("If we accept that tradeoff, your approach is simpler.", "weighs_view", "accepts_tradeoff"),
    ("Good point. The downside is that small shops wait longer.", "weighs_view", "names_risk accepts_tradeoff"),
    ("No, that's wrong.", "rejects_view", ""),
    ("That won't work.", "rejects_view", ""),
    ("I don't agree, and I don't think it is worth discussing.", "rejects_view", ""),
    ("With respect, you are mistaken.", "rejects_view", ""),
    ("I don't disagree.", "", "weighs_view"),
    # risk
    ("The biggest risk is drift in new users.", "names_risk", ""),
    ("What could go wrong: attackers learn the limit and stay just below it.", "names_risk", ""),
    ("This breaks when a whole region goes offline.", "names_risk", ""),
    ("The weak spot is accounts with no history.", "names_risk", ""),
    ("I am worried that reviewers will rubber-stamp the score.", "names_risk", ""),
    ("I'd monitor input distributions and set alerts tied to business impact.", "plans_monitoring", ""),
    ("If complaints rise by a fifth, the on-call engineer gets paged.", "plans_monitoring", ""),
    ("We keep an eye on appeals weekly and raise an alarm above five percent.", "plans_monitoring", ""),
    ("When the model is down we fall back to the rules.", "plans_fallback", ""),
    ("We can roll back within minutes.", "plans_fallback", ""),
    ("If it fails, orders go to manual review until it is fixed.", "plans_fallback", ""),
    ("It should degrade gracefully: a cached score first, then the plain limit.", "plans_fallback", ""),
    ("This is robust, nothing can go wrong.", "claims_robust", ""),
    ("I don't expect any problems with it.", "claims_robust", ""),
    ("I'm confident it will just work.", "claims_robust", ""),
    ("I would not call it robust.", "", "names_risk"),
    ("We'd retrain if needed.", "retrain_only", ""),
    ("If it drifts, just retrain the model.", "retrain_only", ""),
    ("We would retrain monthly, alert on drift and fall back to rules meanwhile.",
     "plans_monitoring plans_fallback", ""),
    # communication
    ("Let me summarise where we are before moving on.", "synthesises", ""),
    ("Here's where we are: goal fixed, data doubtful, metric open.", "synthesises", "doubts_data"),
    ("In short, we delay payouts and review the large ones.", "synthesises", "commits"),
    ("So far we have agreed on the goal and on the limit.", "synthesises", ""),
    ("Next, I'd look at appeals. Let me know if you want me to go deeper elsewhere.", "proposes_next", ""),
    ("Next steps would be a pilot in one country and a review after a week.", "proposes_next", ""),
    ("Next week I would run it in shadow mode.", "proposes_next", ""),
    ("Sorry, I'm not sure about this.", "apologises", "hedges"),
    ("This might be wrong, but the delay seems too long.", "apologises", ""),
    ("I apologise, I haven't done this before.", "apologises", ""),
    ("I should have known that, I'm bad at statistics.", "apologises", ""),
    ("Sorry to interrupt, could you repeat the last number?", "", ""),
    ("Given uncertainty in labels, I'd start with a conservative limit and iterate.",
     "doubts_data prioritises", "commits"),
    # nothing
    ("Okay.", "", ""),
    ("Hello, nice to meet you all.", "", ""),
    ("Can you hear me?", "", ""),
    ("You said the data is clean.", "", ""),
    ('The vendor writes "our labels are the ground truth and nothing can go wrong".', "", ""),
    ("Marta thinks we should train a neural network.", "", ""),
    ("Yes, exactly.", "", ""),
    # said less tidily
    ("Hang on, what is the thing we would regret most, losing money or losing sellers?", "clarifies", ""),
    ("Who is going to use this score, and what do they do with it?", "clarifies", ""),
    ("How quickly does a payout have to be approved?", "clarifies", ""),
    ("What does the current process look like?", "clarifies", ""),
    ("Is it the number of frauds or the money that we care about?", "clarifies", ""),
    ("So this is about holding money, not about finding criminals.", "restates_problem", ""),
    ("The way I read it, we need to decide who gets paid on the same day.", "restates_problem", ""),
    ("Put differently, the decision is when to interrupt a payment.", "restates_problem", ""),
    ("I assume there is no budget for new labels.", "states_assumption", ""),
    ("For now I take it that legal has signed off on holding funds.", "states_assumption", ""),
    ("Let us say reviewers get through fifty cases an hour; correct me if not.", "states_assumption", ""),
    ("Right, so I think a deep learning model on the transaction sequence would be the way to go.",
     "jumps_to_model", ""),
    ("Random forest, probably. They work well on tabular stuff.", "jumps_to_model", ""),
    ("I've done this before with LightGBM, so I would reuse that.", "jumps_to_model", ""),
    ("First thing: the payout delay. Everything else depends on it.", "prioritises", ""),
    ("The order would be limits, then review, then a model.", "prioritises", ""),
    ("I care more about the first week of an account than about anything after.", "prioritises", ""),
    ("Of the three, the review queue matters most.", "prioritises", ""),
    ("We don't need a graph of accounts yet.", "defers", ""),
    ("Fairness audits by country I would do after the pilot, not before.", "defers", ""),
    ("I'm dropping the second country from the pilot to keep this small.", "defers", "adapts commits"),
    ("That is a distraction, let's skip it today.", "defers", "rejects_view"),
    ("Fine, I commit: delay new payouts by a day.", "commits", ""),
    ("Then it is settled for me, we run the rules.", "commits", "adapts"),
    ("I'm choosing the slower but explainable one.", "commits", ""),
    ("I'd recommend the hold, and I would put my name under it.", "commits", ""),
    ("Honestly it could be anything, one would have to try.", "hedges", "claims_robust"),
    ("I can't really say without more information.", "hedges", ""),
    ("Perhaps rules, perhaps a model, I would leave that open.", "hedges", ""),
    ("We need dashboards, features, labels, a model, a queue, an appeal form and a policy.",
     "lists_everything", "plans_monitoring"),
    ("There's clustering, there's supervised learning, there's rules, there's graph stuff.",
     "lists_everything", "jumps_to_model"),
    ("A confirmed case is only what a reviewer had time to confirm.", "doubts_data", ""),
    ("What we call fraud here is what somebody bothered to dispute.", "doubts_data", ""),
    ("The last two months of labels are not final.", "doubts_data", ""),
    ("These labels reflect what the old rules caught, not all fraud.", "doubts_data", ""),
    ("Blocked orders never get a label, so we only see what we let through.", "doubts_data", ""),
    ("I'd take a random hundred and have them judged blind by two reviewers.", "checks_data", ""),
    ("Let me first see how the flagged share moves by month and by country.", "checks_data", "prioritises"),
    ("A quick join against the refunds table would tell us if it holds up.", "checks_data", ""),
    ("The data team has already cleaned it, so it should be good.", "trusts_data", ""),
    ("Labels are labels, I'd take them as they are.", "trusts_data", ""),
    ("Offline results will carry over to production.", "trusts_data", "claims_robust"),
    ("What I'd be judged by is euros lost to fraud, because a count treats small and large the same.",
     "chooses_metric", ""),
    ("I would fix the share of good orders declined at half a percent and catch as much as I can within it, "
     "since a declined buyer rarely returns.", "chooses_metric", ""),
    ("Precision at the top of the queue is the one to watch, because reviewers only read fifty a day.",
     "chooses_metric", ""),
    ("Some legitimate sellers will wait a day longer, and I think that is right.", "accepts_tradeoff", ""),
    ("That means new sellers pay for it, and I would defend that.", "accepts_tradeoff", ""),
    ("It will cost us some sign-ups; worth it.", "accepts_tradeoff", ""),
    ("The usual ones: precision, recall, F1.", "lists_metrics", ""),
    ("We'd look at AUC first, it's standard.", "lists_metrics", "prioritises"),
    ("OK, that's new. I'd move the check after the payment instead of before it.", "adapts", ""),
    ("Hm, with only fifty milliseconds the model has to go; a list of known bad cards stays.", "adapts", ""),
    ("I had assumed we could store that. We can't, so I'd build on what is left.", "adapts", "doubts_data"),
    ("I understand the concern about sellers; what we would lose is a day of warning.", "weighs_view", ""),
    ("You have a point, and if the queue is empty your way is cheaper.", "weighs_view", ""),
    ("Nothing you said changes my mind.", "defends_plan", ""),
    ("The model can do that too, we just have to make it faster.", "defends_plan", ""),
    ("I'm not going to redo this now.", "defends_plan", "defers"),
    ("Rules never work, everybody knows that.", "rejects_view", "claims_robust names_risk"),
    ("I'm the one who knows the statistics here.", "rejects_view", ""),
    ("We may end up holding people who travel.", "names_risk", ""),
    ("Where I expect this to hurt is small sellers in December.", "names_risk", ""),
    ("If it goes wrong it goes wrong for people without a history.", "names_risk", ""),
    ("A sudden fall in held payouts should wake somebody.", "plans_monitoring", ""),
    ("Every morning I'd read the number of appeals per thousand holds.", "plans_monitoring", ""),
    ("If the score is missing, the payout goes to a person.", "plans_fallback", ""),
    ("We can switch back to the old rules any time.", "plans_fallback", ""),
    ("I don't see how that could fail.", "claims_robust", ""),
    ("It's tested, so we are safe.", "claims_robust", ""),
    ("The model learns continuously, so that takes care of itself.", "retrain_only claims_robust", ""),
    ("So, three things: hold new payouts, review large ones, leave the rest.", "synthesises", "commits defers"),
    ("Quick checkpoint: goal and limit are agreed, the metric is open.", "synthesises", ""),
    ("After this I would talk to the review team about their queue.", "proposes_next", ""),
    ("If you agree, I'd move on to the metric.", "proposes_next", ""),
    ("I know I should have an answer here, sorry.", "apologises", ""),
    ("I feel stupid asking this.", "apologises", ""),
    ("Please bear with me, I'm nervous.", "apologises", ""),
    ("As Ines said, labels are late.", "", "doubts_data"),
    ("Interesting.", "", ""),
    ("Could you share the table of payouts?", "", "clarifies"),
    ("It is now half past two.", "", ""),
    ("I would not start with a model, and I would not promise that nothing can go wrong.", "", "defers"),
    ("We would not retrain; the rule is a fixed list.", "", ""),
    ("I never said that I trust these labels.", "", "doubts_data"),
    # looser speech: triage in a hospital
    ("Okay so let me see if I've got this: the nurses want a list, not a probability.", "restates_problem", ""),
    ("And what happens to a patient we rank too low, does anybody notice?", "clarifies", ""),
    ("Whose time are we actually saving here?", "clarifies", ""),
    ("I'll go ahead as if the lab values are there within the hour.", "states_assumption", ""),
    ("Presumably the night shift works the same way, I'm treating it like that.", "states_assumption", ""),
    ("The thing I would sort out before anything is which patients count as urgent.", "prioritises", ""),
    ("Children I would keep out of the first version.", "defers", ""),
    ("All right, we do the simple score. That's my answer.", "commits", ""),
    ("An admission isn't the same as an emergency, it's just what got written down.", "doubts_data", ""),
    ("If the triage note was typed after the doctor came, we would be cheating.", "doubts_data", ""),
    ("I would sit down with two nurses and go through fifty charts.", "checks_data", ""),
    ("Sending someone home wrongly is so much worse that I would happily drown in false alarms.",
     "chooses_metric accepts_tradeoff", ""),
    ("The ones who lose are people with mild complaints, they will sit there longer, and so be it.",
     "accepts_tradeoff", ""),
    ("Right, if it cannot use age, the score gets weaker and I lean on the vital signs instead.", "adapts", ""),
    ("What the doctor says makes sense to me, although it doubles the paperwork.", "weighs_view", ""),
    ("It will quietly get worse when the lab changes its machines.", "names_risk", ""),
    ("I'd want a weekly list of everyone we sent home who came back.", "plans_monitoring", ""),
    ("And if the computer is off they use the paper sheet, as today.", "plans_fallback", ""),
    ("So we have a list, a cut-off and an open question about children.", "synthesises", ""),
    ("What I'd do tomorrow morning is call the head nurse.", "proposes_next", ""),
    # a shop's demand forecast
    ("I mean, you'd just put an LSTM on the sales, right?", "jumps_to_model", ""),
    ("Prophet or a transformer, one of those, and then hyperparameter search.", "jumps_to_model", "hedges"),
    ("You can slice it by store, by product, by weather, by promotion, by holiday, by price.",
     "lists_everything", ""),
    ("Could be the promotions, could be the weather, who knows.", "hedges", "lists_everything"),
    ("I don't feel comfortable picking one.", "hedges", ""),
    ("Sales are sales, those figures come straight from the till.", "trusts_data", ""),
    ("Last year is a good guide for this year.", "trusts_data", ""),
    ("MAPE, RMSE, maybe also MAE, we'd put them all in a table.", "lists_metrics", ""),
    ("Well, the forecast was fine in my version, so I would leave it.", "defends_plan", ""),
    ("You don't want to do it like that.", "rejects_view", ""),
    ("There isn't really anything that could break in a forecast.", "claims_robust", ""),
    ("Then you train it once more on fresh sales and it's good.", "retrain_only", ""),
    ("I'm really bad at this, aren't I.", "apologises", ""),
    ("Empty shelves on one day are sold-out days, so sales understate demand.", "doubts_data", ""),
    ("I'd only forecast the hundred products that make the money.", "prioritises", "defers"),
    ("Overstocking bread costs cents, running out of it costs a customer, so I'd err on too much.",
     "chooses_metric", "accepts_tradeoff"),
    ("A strike at the port would make nonsense of it.", "names_risk", ""),
    ("The store manager can overrule the order by hand whenever it looks silly.", "plans_fallback", ""),
    ("Which of the two would you hate more, waste or empty shelves?", "clarifies", ""),
    ("Let me stop there and say what we have.", "synthesises", ""),
    # nothing in particular
    ("Let me have a look at that table.", "", "checks_data"),
    ("The manager told me it never fails.", "", ""),
    ("Is it okay if I share my notes?", "", ""),
    ("I see.", "", ""),
    ("Bread, milk, eggs.", "", ""),
    # hateful posts on a forum
    ("So if I get you right, moderators drown and you want us to sort their pile for them.", "restates_problem", ""),
    ("Do we care more about the posts that stay up or about the ones we take down by mistake?", "clarifies", ""),
    ("Which languages are we talking about?", "clarifies", ""),
    ("Is somebody legally responsible if a threat stays online overnight?", "clarifies", ""),
    ("I'm assuming that a moderator always has the last word.", "states_assumption", ""),
    ("Let me put one thing down as an assumption: reports reach us within minutes.", "states_assumption", ""),
    ("I'd fine-tune BERT on the removed posts, that usually gets you to ninety percent.", "jumps_to_model", ""),
    ("First and foremost I would deal with threats, they do the most harm.", "prioritises", ""),
    ("Spam is not what I'd spend the first month on.", "defers prioritises", ""),
    ("Images I would leave for another time.", "defers", ""),
    ("We rank the queue and we remove nothing automatically, that is what I choose.", "commits", ""),
    ("I'm going to go for the ranking, even though it saves less time.", "commits accepts_tradeoff", ""),
    ("There are a hundred ways to do this, keyword lists, embeddings, user history, voting, reputation.",
     "lists_everything", "jumps_to_model"),
    ("I guess we could do one or the other, I don't have a strong opinion.", "hedges", ""),
    ("That is difficult to answer at this point.", "hedges", ""),
    ("A removed post only means that a tired moderator clicked remove.", "doubts_data", ""),
    ("Reports are a skewed sample, people report what they disagree with.", "doubts_data", ""),
    ("I wouldn't build on those labels without knowing who set them.", "doubts_data", ""),
    ("I would have three moderators judge the same two hundred posts and see how often they differ.",
     "checks_data", ""),
    ("Let's pull a random sample of posts nobody reported.", "checks_data", ""),
    ("We have millions of removed posts, that's a great training set.", "trusts_data", ""),
    ("The moderators are professionals, so their labels are right.", "trusts_data", ""),
    ("I would measure how many threats are seen within ten minutes, because after that the damage is done.",
     "chooses_metric", ""),
    ("A threat we miss is much worse than a joke we hide for an hour, so recall on threats comes first.",
     "chooses_metric prioritises", ""),
    ("It means harmless jokes are hidden for a while, I can live with that.", "accepts_tradeoff", ""),
    ("F1 is a good compromise.", "lists_metrics", ""),
    ("Precision, recall, AUC, the usual things.", "lists_metrics", ""),
    ("If we may not store the text, my plan needs to change: I would score on arrival and keep the score only.",
     "adapts", ""),
    ("Okay, then the ranking has to work without user history, which makes newcomers harder.", "adapts", "names_risk"),
    ("I like the idea of a warning before posting. It costs us some posts, though.", "weighs_view", "accepts_tradeoff"),
    ("I hear you on free speech, and it's why I would not delete automatically.", "weighs_view", ""),
    ("I still think the classifier is right and would not change it.", "defends_plan", ""),
    ("We already decided that, I don't want to reopen it.", "defends_plan", ""),
    ("No. That is not relevant.", "rejects_view", ""),
    ("That makes no sense at all.", "rejects_view", ""),
    ("It could break on slang, and slang changes every month.", "names_risk", ""),
    ("Trolls will test the filter until they are through.", "names_risk", ""),
    ("What I fear is a wave after some event, with ten times the reports.", "names_risk", ""),
    ("I'd set an alert on the time a threat waits.", "plans_monitoring", ""),
    ("Each week I would look at the share of overturned removals.", "plans_monitoring", ""),
    ("If scores stop coming, the queue is sorted by age as it is now.", "plans_fallback", ""),
    ("One click takes us back to the old queue.", "plans_fallback", ""),
    ("The system is very stable, I'm not worried.", "claims_robust", ""),
    ("It will work, I have done this many times.", "claims_robust", ""),
    ("New slang is no problem, we retrain.", "retrain_only", "claims_robust"),
    ("Let me quickly sum up before we go on.", "synthesises", ""),
    ("To put it together: ranking yes, deletion no, threats first.", "synthesises", "prioritises"),
    ("The next thing I'd do is sit with a moderator for a day.", "proposes_next", ""),
    ("Shall I go on with the metric, or do you want more on the data?", "proposes_next", "clarifies"),
    ("Sorry, I'm a bit slow today.", "apologises", ""),
    ("I'm probably wrong about this.", "apologises", ""),
    ("Yes, I can see the table now.", "", ""),
    ("Tomas said they would retrain every night.", "", ""),
    ("Give me a second.", "", ""),
    ("That was in the prompt, wasn't it?", "", ""),
    ("Good morning.", "", ""),
)  # fmt: skip


def figures(table: tuple[tuple[str, str, str], ...], leaning: str) -> tuple[float, float]:
    """Precision and recall over all acts of one leaning."""
    acts = {key for key, act in ACTS.items() if act.leaning == leaning}
    right = extra = missed = 0
    for text, expected, may in table:
        heard, wanted = set(hear(text)) & acts, set(expected.split()) & acts
        right += len(heard & wanted)
        missed += len(wanted - heard)
        extra += len(heard - wanted - set(may.split()))
    return right / (right + extra), right / (right + missed)


@pytest.mark.parametrize("leaning", ["strong", "weak"])
def test_the_listener_knows_the_table_it_was_tuned_on(leaning: str) -> None:
    precision, recall = figures(TABLE, leaning)
    assert precision > 0.98
    assert recall > 0.97


@pytest.mark.parametrize("leaning", ["strong", "weak"])
def test_plain_sentences_it_was_not_tuned_on_are_heard_nearly_as_well(leaning: str) -> None:
    precision, recall = figures(FIRST, leaning)
    assert precision > 0.95
    assert recall > 0.95


def test_of_what_others_write_it_hears_six_acts_in_ten_and_is_right_in_more_than_eight() -> None:
    # measured: strong 0.83 and 0.64, weak 0.88 and 0.62; who needs more connects a model
    for leaning in ("strong", "weak"):
        precision, recall = figures(SCRIPTS, leaning)
        assert precision > 0.80
        assert recall > 0.60


def test_every_act_has_a_rule_or_a_measure_and_a_sentence_in_the_table() -> None:
    assert {rule.act for rule in RULES} | {"rambles"} == set(ACTS)
    assert {act for _, acts, _ in TABLE for act in acts.split()} | {"rambles"} == set(ACTS)


def test_no_two_rules_share_a_name() -> None:
    assert len({(rule.act, rule.name) for rule in RULES}) == len(RULES)


def test_acts_come_in_the_order_in_which_they_are_declared() -> None:
    heard = hear("The biggest risk is drift. My assumption is a limit of 100 ms. I'll go with rules.")
    assert heard == ("states_assumption", "commits", "names_risk")


# Each pair differs in what makes the difference, and in little else.
TWINS = (
    ("I trust these labels.", "trusts_data", "I would not trust these labels.", "doubts_data"),
    ("I would optimise accuracy.", "lists_metrics", "Accuracy would be misleading here.", None),
    ("The labels are clean.", "trusts_data", "You said the labels are clean.", None),
    ("The labels are clean.", "trusts_data", "If the labels are clean, I stop here.", None),
    ("The labels are clean.", "trusts_data", "Are the labels clean?", "clarifies"),
    ("It depends on the limit.", "hedges", "It depends on the limit; given ours I go with rules.", "commits"),
    ("I'll go with rules.", "commits", "Should we go with rules?", "clarifies"),
    ("I choose rules.", "commits", "If I choose rules, reviewers have more to do.", None),
    ("We'd retrain.", "retrain_only", "We'd retrain, and an alarm tells us when.", "plans_monitoring"),
    ("This is robust.", "claims_robust", "I would not call this robust.", None),
    ("I accept more false alarms.", "accepts_tradeoff", "I would not accept more false alarms.", None),
    ("That won't work.", "rejects_view", "I see your point, but at night that won't work.", "weighs_view"),
    ("Sorry, I don't know.", "apologises", "Sorry, could you repeat that?", None),
    ("Let's train a neural network.", "jumps_to_model", "Marta thinks we should train a neural network.", None),
    ("Let's train a neural network.", "jumps_to_model", "I would not train a neural network yet.", "defers"),
    ("Nothing can go wrong.", "claims_robust", '"Nothing can go wrong", the brochure says.', None),
)  # fmt: skip


@pytest.mark.parametrize(("text", "act", "twin", "other"), TWINS)
def test_the_listener_tells_twins_apart(text: str, act: str, twin: str, other: str | None) -> None:
    assert act in hear(text)
    assert act not in hear(twin)
    assert other is None or other in hear(twin)


def test_talk_without_a_point_rambles_and_long_talk_with_one_does_not() -> None:
    talk = "There is the shop and there is the app and people come from both of them every day. " * 9
    assert hear(talk) == ("rambles",)
    assert "rambles" not in hear(talk + "So I'll go with the app.")
    assert "rambles" not in hear(talk[:200])


def test_fillers_make_shorter_talk_ramble() -> None:
    talk = (
        "I mean, you know, there is kind of a queue, and sort of a limit, and anyway the people there are"
        " basically busy, or something, and where was I, I have this table with the orders in it and then"
        " you have the other one with the people in it and both are kind of long."
    )
    assert hear(talk) == ("rambles",)


# --- structured commands ---------------------------------------------------------------------------------


def decided(**changes: str) -> Decided:
    words = {
        "choice": "Hold payouts of new sellers for a day",
        "why": "Most of the loss sits there",
        "gives_up": "A day of cash flow for honest sellers",
        "would_change": "Fewer than one hold in twenty is right",
    }
    return Decided(by="candidate", mark="D1", **(words | changes))


EVENTS: tuple[tuple[AnyEvent, tuple[str, ...]], ...] = (
    (Assumed(by="candidate", mark="A1", text="Two reviewers a day"), ("states_assumption",)),
    (Summarised(by="candidate", text="Limit fixed, metric open"), ("synthesises",)),
    (Said(by="candidate", text="I'll go with rules."), ("commits",)),
    (Asked(by="candidate", role="data_owner", text="Who made the labels?"), ("clarifies", "doubts_data")),
    (DataRequested(by="candidate", mark="R1", what="the last table", role="data_owner"), ()),
    (decided(), ("accepts_tradeoff", "commits")),
    (decided(gives_up="Nothing."), ("commits",)),
    (decided(gives_up="No real downside"), ("commits",)),
    (decided(gives_up="nothing really"), ("commits",)),
    (decided(choice="It depends on the queue"), ("accepts_tradeoff", "commits")),
    (decided(would_change="If nothing can go wrong"), ("accepts_tradeoff", "commits")),
    (
        Revised(**decided().model_dump(exclude={"type"}), version=2),
        ("accepts_tradeoff", "commits", "adapts"),
    ),
)


@pytest.mark.parametrize(("event", "acts"), EVENTS)
def test_what_the_candidate_does_is_heard_in_its_kind_and_its_words(
    event: AnyEvent, acts: tuple[str, ...]
) -> None:
    assert hear_event(event) == acts


# --- any text, in time ---------------------------------------------------------------------------------------

HOSTILE = (
    "a" * 4000,
    "a, " * 1333,
    "or " * 1333,
    "not " * 1000,
    "maybe " * 666,
    "there is " * 444,
    "I would " * 500,
    "i would i will " * 266,
    "accuracy, " * 400,
    "labels labels late " * 210,
    "The vendor said " * 250,
    "“" * 4000,
    '"labels are clean ' * 222,
    "? " * 2000,
    "?" * 4000,
    "first then " * 363,
    "if we fails " * 333,
    "go through " * 363,
    "we had assumed " * 266,
    "a-a'a " * 666,
    "don't can't won't " * 222,
    "\n" * 4000,
    "é" * 4000,
)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12].strip() or "blank")
def test_no_text_of_four_thousand_characters_keeps_the_listener_long(text: str) -> None:
    began = time.process_time()
    hear(text)
    assert time.process_time() - began < 0.5


def test_an_ordinary_utterance_takes_about_a_millisecond() -> None:
    texts = [text for text, _, _ in TABLE]
    began = time.process_time()
    for text in texts:
        hear(text)
    assert (time.process_time() - began) / len(texts) < 0.004  # seconds; slow machines are allowed for


WORDS = st.sampled_from(sorted({word for text, _, _ in TABLE for word in text.split()}))


@settings(deadline=None, max_examples=150)
@given(st.one_of(st.text(max_size=600), st.lists(WORDS, max_size=80).map(" ".join)))
def test_any_text_is_answered_with_at_most_twelve_acts_and_always_the_same(text: str) -> None:
    heard = hear(text)
    assert set(heard) <= set(ACTS)
    assert len(heard) == len(set(heard)) <= 12
    assert hear(text) == heard
