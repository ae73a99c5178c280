"""The listener on sentences that were written before its rules and never used to tune them.

The figures here are the ones to believe; the table in test_listener.py is the one it was tuned on.
Whoever tunes the rules leaves this table alone, or writes a new one first.
"""

HELD_OUT: tuple[tuple[str, str, str], ...] = (
    # sentence | acts in it | acts a careful reader may or may not hear (counted neither way)
    (
        "So the real question is which accounts we block before money leaves, and who pays when we are wrong.",
        "restates_problem",
        "",
    ),
    (
        "If I understand you correctly, we want fewer chargebacks without driving honest customers away.",
        "restates_problem",
        "",
    ),
    ("Who feels it first when a good order is declined, the buyer or the merchant?", "clarifies", ""),
    ("What does success look like for the finance team at the end of the quarter?", "clarifies", ""),
    ("Is there a hard ceiling on how long a check may take?", "clarifies", ""),
    (
        "I'm going to assume chargebacks arrive about forty days late; stop me if that is wrong.",
        "states_assumption",
        "",
    ),
    ("Let me take it as given that reviewers can handle two hundred cases a day.", "states_assumption", ""),
    ("I'd throw a gradient boosted tree at it and tune from there.", "jumps_to_model", ""),
    ("We should fine-tune a transformer on the click logs.", "jumps_to_model", ""),
    ("Easy: a deep neural network with embeddings for users and items.", "jumps_to_model", ""),
    (
        "Before I pick between a neural net and a tree, I want to know what a wrong block costs.",
        "clarifies",
        "defers prioritises",
    ),
    (
        "My first priority is card-not-present payments, because that is where two thirds of the loss sits.",
        "prioritises",
        "",
    ),
    ("I'd start with the new sellers: small group, large harm.", "prioritises", ""),
    ("Account takeover can wait until next quarter.", "defers", ""),
    ("I am deliberately leaving the recommender out of this.", "defers", ""),
    ("Out of scope for today: anything that needs a new labelling vendor.", "defers", ""),
    ("Let's go with a manual review queue for anything above five hundred euros.", "commits", ""),
    ("My decision is to hold payouts for a day on accounts younger than a week.", "commits", ""),
    (
        "If speed matters most I'd take rules, if coverage matters most a model; "
        "with two weeks left, I choose rules.",
        "commits",
        "",
    ),
    (
        "We could do rules, or a model, or a graph, or outsource it, or maybe all of them.",
        "lists_everything",
        "hedges",
    ),
    (
        "There are lots of options: reweighting, resampling, anomaly scores, active learning, "
        "graph features.",
        "lists_everything",
        "",
    ),
    ("It really depends, I would not want to be pinned down yet.", "hedges", ""),
    ("Hard to say. Either could work.", "hedges", ""),
    ("A chargeback is only a proxy for fraud, and a late one.", "doubts_data", ""),
    ("New merchants barely appear in that table, so it tells us little about them.", "doubts_data", ""),
    ("I worry that the reviewer's note was written after the outcome was known.", "doubts_data", ""),
    (
        "Before relying on it I'd have two people relabel a hundred cases and compare.",
        "checks_data",
        "",
    ),
    ("Let's look at the missing rate per country before we use it.", "checks_data", ""),
    ("The labels look fine to me, let's train on them.", "trusts_data", ""),
    ("We have three years of history, so the future will look the same.", "trusts_data", ""),
    ("I would not rely on last year's labels at all.", "doubts_data", ""),
    (
        "A missed fraud costs us ten times a blocked order, so recall is what I optimise.",
        "chooses_metric",
        "",
    ),
    (
        "I'd hold the false positive rate at one percent and push recall as far as it goes, "
        "since lost buyers do not come back.",
        "chooses_metric",
        "",
    ),
    (
        "Some honest buyers will be asked to verify, and I am willing to pay that price.",
        "accepts_tradeoff",
        "",
    ),
    ("We give up some revenue in the first month; I accept that.", "accepts_tradeoff", ""),
    ("We would report accuracy, precision, recall, F1 and AUC.", "lists_metrics", ""),
    ("AUC is the standard choice, so AUC.", "lists_metrics", ""),
    ("Accuracy tells you nothing when one payment in a thousand is bad.", "", "chooses_metric"),
    (
        "That changes my plan: with fifty milliseconds the graph goes and a lookup stays.",
        "adapts",
        "",
    ),
    (
        "Given the new rule on explanations, I would swap the model for a scorecard.",
        "adapts",
        "",
    ),
    (
        "I take Nadia's point, it would be cheaper; what worries me is the queue at night.",
        "weighs_view",
        "names_risk",
    ),
    (
        "You are right that it slows sellers down. It is a cost, and I think a smaller one than the losses.",
        "weighs_view",
        "accepts_tradeoff",
    ),
    ("No, my plan still stands, we can squeeze it under the limit.", "defends_plan", ""),
    ("I don't see why I should change anything.", "defends_plan", ""),
    ("That's simply not how it is done.", "rejects_view", ""),
    ("I disagree, that would never work.", "rejects_view", ""),
    ("The way this fails is that fraudsters learn the threshold and split their payments.", "names_risk", ""),
    ("Seasonal drift could sink it in December.", "names_risk", ""),
    (
        "I'd watch the share of declined first-time buyers daily and page someone above two percent.",
        "plans_monitoring",
        "",
    ),
    ("A dashboard with the appeal rate, and an alarm once it doubles.", "plans_monitoring", ""),
    (
        "If the service times out, we fall back to yesterday's rules and let small amounts through.",
        "plans_fallback",
        "",
    ),
    ("There will be a kill switch, and the old path stays warm.", "plans_fallback", ""),
    ("It's bulletproof, I can't think of anything that would break it.", "claims_robust", ""),
    ("If quality drops we simply retrain every week.", "retrain_only", ""),
    ("Retraining alone would not help here.", "", ""),
    (
        "To recap: we block less, review more, and decide on the threshold next.",
        "synthesises",
        "proposes_next",
    ),
    ("Where we stand is this. Two decisions are taken, one is open.", "synthesises", ""),
    ("Next I would pull a sample of appeals and read them.", "proposes_next", "checks_data"),
    ("Sorry, I really should know this.", "apologises", ""),
    ("I'm afraid I'm not very good at this kind of question.", "apologises", ""),
    ("Could you say that again, please?", "", ""),
    ("Thank you, that helps.", "", ""),
    ("Nadia said the model was bulletproof.", "", ""),
    ("You mentioned that the labels are clean.", "", ""),
    ("It is not that it depends; it is that we have to pick.", "", "commits"),
    ("One moment, I am reading the table.", "", ""),
    (
        "The biggest danger is drift among new sellers; I'd track their dispute rate and alert when it "
        "passes three percent.",
        "names_risk plans_monitoring",
        "",
    ),
    (
        "I'd go with recall because a missed case hurts a patient, and accept more false alarms.",
        "chooses_metric accepts_tradeoff commits",
        "",
    ),
)
