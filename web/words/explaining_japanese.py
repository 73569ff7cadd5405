"""Where a lead was and why, and why a letter came or did not, in Japanese: each sentence by its English."""

from collections.abc import Mapping
from typing import Final

SENTENCES: Final[Mapping[str, str]] = {
    # Why a letter was sent
    "'{name}' of {campaign} was sent at {moment} UTC: {why}.": "「{campaign}」の「{name}」を{moment}（UTC）に送りました: {why}。",
    "'{name}' of {campaign} was sent on {at} ({zone}), by the edition {edition}{more}.": (
        "「{campaign}」の「{name}」を{at}（{zone}）に送りました。版は {edition}{more} です。"
    ),
    " of {day}": "（{day}）",
    "Its step is '{step}' in the track '{track}', where the lead had come {how}.": (
        "トラック「{track}」の手順「{step}」です。このトラックに入った経緯: {how}。"
    ),
    "The letter's own condition held: {facts}.": "メールの条件を満たしていました: {facts}。",
    "It was first due on {at} and was put off, by news of the lead, a cap or the window.": (
        "はじめの予定は{at}でしたが、新しい情報、送信上限、送信時間帯のいずれかにより延びました。"
    ),
    "It took {n} attempts, the first on {at}.": "{n}回試みました。最初は{at}です。",
    # Where the lead was
    "At {moment} UTC the lead was in no campaign yet.{more}": "{moment}（UTC）には、まだどのキャンペーンにも参加していません。{more}",
    " The first thing that came in for it is of {moment} UTC.": "最初の出来事は{moment}（UTC）です。",
    "On {at} ({zone}) the lead was in the stage '{stage}'.": "{at}（{zone}）の段階は「{stage}」です。",
    "In {campaign} (edition {edition}) it was in the track '{track}', {place}, since {at}; it had come there {how}.": (
        "キャンペーン「{campaign}」（版 {edition}）では、{at}からトラック「{track}」の{place}にいます。経緯: {how}。"
    ),
    "at rest after its last step": "最後の手順のあと",
    "at the step '{step}'": "手順「{step}」",
    "A rep had it ({task}) and was to answer by {at}.": "担当者が対応中です（{task}、回答期限 {at}）。",
    "It was in no campaign any more.": "どのキャンペーンにも参加していません。",
    "Nothing was due before something came in: {why}.": "先方の動きがあるまで予定はありません: {why}。",
    "It waited until {at}: {why}.": "{at}まで待っています: {why}。",
    "Nothing was due: {why}.": "予定はありません: {why}。",
    "This was due, and is not known to be done: {why}.": "予定の時刻ですが、行われたかどうかはまだわかりません: {why}。",
    "It was about to go on at once.": "すぐに次へ進むところです。",
    "at the start, on {at}": "{at}に最初から",
    "from '{track}' on {at}, {told}": "{at}にトラック「{track}」から（{told}）",
    "{why} ({facts})": "{why}（{facts}）",
    "by another edition": "別の版による",
    "before anything that is kept": "保存されている記録より前",
    "It was on hold until {day}: {why}.": "{day}まで保留中です: {why}。",
    "It had refused {topics}.": "ご本人が断っています: {topics}。",
    "There was no consent to write about {topics}.": "次のテーマへの同意がありません: {topics}。",
    "Its letters could not go: {refusal}.": "メールを送れません: {refusal}。",
    "{n} of its issues {was} open, so nothing was sold to it.": "未解決の問題が{n}件あるため、営業のメールは送りません。",
    # Why a letter was not sent
    "'{name}' of {campaign} has not been sent.": "「{campaign}」の「{name}」は送っていません。",
    "'{name}' is a letter of {campaign}, and the lead has never been in that campaign.": (
        "「{name}」はキャンペーン「{campaign}」のメールですが、このキャンペーンに参加したことがありません。"
    ),
    " since {at}: {why}": "（{at}から: {why}）",
    "{campaign} is over for this lead{more}.": "キャンペーン「{campaign}」は終了しています{more}。",
    ", after {steps}": "。その前の手順: {steps}",
    "It is ahead of the lead in the track '{track}', where it is now{more}.": "今いるトラック「{track}」のこれからのメールです{more}。",
    "A human decided that it is left out when the lead comes to it.": "人の判断で、この手順に来たときに飛ばします。",
    "does not hold, so it would be passed over": "満たしていないため飛ばされます",
    "does not hold": "満たしていません",
    "holds": "満たしています",
    "It has a condition, which as things are {holds}: {condition} ({facts}).": "条件があり、現在は{holds}: {condition}（{facts}）。",
    "It is due, and its workflow has not said yet what came of it.": "予定の時刻ですが、結果はまだわかりません。",
    "It waits, because a rep has this lead in another campaign.": "別のキャンペーンで担当者が対応中のため、待っています。",
    "It waits{until}: {why}.": "待っています{until}: {why}。",
    "It waits: {why}.": "待っています: {why}。",
    " until {at}": "（{at}まで）",
    "Something else is due first: {why}.": "先に行うことがあります: {why}。",
    "The lead has refused letters about '{topic}'.": "ご本人が「{topic}」のメールを断っています。",
    "There is no consent to write about '{topic}'.": "「{topic}」への同意がありません。",
    "Letters cannot reach the lead: {refusal}.": "メールが届きません: {refusal}。",
    "It was to go on {at} and was refused by the send itself: {refusal}.": "{at}に送るところでしたが、送信できませんでした: {refusal}。",
    "The lead came to it in the track '{track}' and went on without it on {at}": (
        "トラック「{track}」でこのメールまで来ましたが、{at}に飛ばしました"
    ),
    "{piece}: {told}.": "{piece}: {told}。",
    " for '{track}'": "（トラック「{track}」へ）",
    ": {told}": "。理由: {told}",
    "It was still ahead in the track '{track}' when the lead left that{there} on {at}{more}.": (
        "{at}にトラック「{track}」を離れたため{there}、このメールまで来ませんでした{more}。"
    ),
    "It stands in the track {tracks}, which the lead has never entered.": "このメールはまだ入ったことのないトラックにあります: {tracks}。",
    "The lead came to that step on {at} and went another way: {told}.": "{at}にその手順まで来ましたが、別の道に進みました: {told}。",
    # The letter that asks to confirm a consent
    "'{name}' has not been sent: the lead has agreed to nothing that is to be confirmed.": (
        "「{name}」は送っていません。確認が必要な同意をいただいていないためです。"
    ),
    "'double_opt_in' has forms confirmed in {names}.": "フォームの同意をメールで確認する（double_opt_in）キャンペーン: {names}。",
    "No 'double_opt_in' has forms confirmed there.": "フォームの同意をメールで確認する設定（double_opt_in）はありません。",
    "The lead agreed on {at} in a form to hear about '{topic}', which is to be confirmed.": (
        "{at}にフォームで「{topic}」の案内に同意いただき、メールでの確認を待つことになりました。"
    ),
    "It had refused letters about '{topic}' before, and no form lifts that.": (
        "それより前に「{topic}」のメールを断っており、フォームでは解除されません。"
    ),
    "It could not go before {at}, and then it was too late to confirm.": "{at}までに送れず、確認の期限が過ぎました。",
    "The lead confirmed on {at}.": "{at}に同意が確認されました。",
    "The lead refused on {at}.": "{at}に受け取りを断りました。",
    "It agreed again on {at}, and that is what counts.": "{at}にあらためて同意いただいたため、そちらが有効です。",
    "It may be confirmed until {at}; nothing else about '{topic}' goes before that.": (
        "{at}まで確認できます。それまで「{topic}」のほかのメールは送りません。"
    ),
    "It was not confirmed by {at}, so there is no consent to write about '{topic}'.": (
        "{at}までに確認されなかったため、「{topic}」への同意はありません。"
    ),
    # The ways into a track
    "The rule '{name}' leads there {when}.": "ルール「{name}」がそこへ導きます: {when}。",
    "while it is in {tracks} ({here})": "対象のトラック: {tracks}（{here}）",
    "if {condition}, which {holds}: {facts}": "条件: {condition}（{holds}: {facts}）",
    "it is there": "今そこにいます",
    "it is in '{track}'": "今はトラック「{track}」",
    "when this comes in: {kind}": "次の動きがあったとき（{kind}）",
    "when a rep answers {outcome}": "担当者の回答が「{outcome}」のとき",
    "when this comes in of a colleague: {kind}{more}": "同僚に次の動きがあったとき（{kind}{more}）",
    "after {span} without an answer to {n} letter{s}": "{n}通のメールに{span}返事がないとき",
    "when nothing is heard for {span} after {kind}": "「{kind}」のあと{span}動きがないとき",
    "{span} before the contract ends": "契約終了の{span}前",
    "{before} the date '{name}'": "日付「{name}」の{before}",
    "{span} before": "{span}前",
    "on": "当日",
    "as soon as its condition comes true": "条件を満たしたとき",
    "when the lead comes into '{track}'": "トラック「{track}」に入ったとき",
    "when the lead leaves '{track}'": "トラック「{track}」を離れたとき",
    "when the customer reaches the stage '{stage}'": "「{stage}」の段階に達したとき",
    "after {n} letters in this campaign": "このキャンペーンで{n}通送ったあと",
    "Every lead of this campaign begins there.": "このキャンペーンの最初のトラックです。",
    "The step '{step}' of '{track}' {leads}.": "トラック「{track}」の手順「{step}」が{leads}。",
    "leads there": "そこへ導きます",
    "leads there if {condition}": "そこへ導きます（条件: {condition}）",
    "leads everyone else there": "それ以外の方をそこへ導きます",
    "sends side {n} there, {share} of {all} leads": "{n}番目の組（{all}人のうち{share}人）をそこへ導きます",
    "leads there when this comes: {awaited}": "次の動きがあればそこへ導きます（{awaited}）",
    "leads there when nothing comes within {span}": "{span}動きがなければそこへ導きます",
    "{name}: {track}, at {step}": "{name}: トラック「{track}」の手順「{step}」",
}
"""What stands in braces is taken over: `web/desk/retold.py` says how."""
