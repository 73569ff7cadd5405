"""What is wrong with fields, dates, times and conditions of a campaign file, in Japanese: each sentence by its English."""

from collections.abc import Mapping
from typing import Final

SENTENCES: Final[Mapping[str, str]] = {
    # Fields and contents
    "'{name}' {has}": "「{name}」は{has}",
    "is a fact of every lead": "すべてのリードに共通の情報です",
    "means something else in a campaign": "キャンペーンで別の意味を持つ語です",
    "give the field another name, like 'our_{name}'": "「our_{name}」のように別の項目名にしてください",
    "'{choice}' stands twice in '{name}'": "「{name}」に「{choice}」が2回あります",
    "a form cannot ask for '{name}'": "フォームで「{name}」を尋ねることはできません",
    "nothing is set here": "設定する内容がありません",
    "write a field and its value, like 'size: large'": "「size: large」のように項目と値を書いてください",
    "there is no field '{name}'": "項目「{name}」はありません",
    "add it to the file's 'fields', like '{name}: yes_no'": "ファイルの「fields」に「{name}: yes_no」のように追加してください",
    "write a whole number, like 3": "「3」のような整数を書いてください",
    "write true or false": "true か false を書いてください",
    "write it like '2027-03-31'": "「2027-03-31」のように書いてください",
    "'{name}' is not an engagement": "「{name}」は行動の種類ではありません",
    "write '{name}', or a name after the colon, like '{kind_name}:pricing_guide'": (
        "「{name}」か、「{kind_name}:pricing_guide」のようにコロンの後に名前を書いてください"
    ),
    "'{name}' has no content": "「{name}」に資料は付きません",
    "write '{name}'": "「{name}」と書いてください",
    "'{name}' is not the name of a content": "「{name}」は資料の名前ではありません",
    "no step sends a letter": "次のメールを送る手順がありません:",
    "no form, rule or step has a content": "次の資料を使うフォーム、ルール、手順がありません:",
    "{absent} '{name}'": "{absent}「{name}」",
    # Dates and times
    "'contract_end' has a key of its own": "「contract_end」には専用のキーがあります",
    "write 'contract_ends_in: 90 days' instead of 'date' and 'ahead'": (
        "「date」「ahead」の代わりに「contract_ends_in: 90 days」と書いてください"
    ),
    "'{name}' is not a date": "「{name}」は日付ではありません",
    "there is no date '{name}'": "日付「{name}」はありません",
    "use a field that is one, like '{name}'": "「{name}」のような日付の項目を使ってください",
    "write '{name}: date' in the file's 'fields'": "ファイルの「fields」に「{name}: date」と書いてください",
    "add it to the file's 'fields', like '{name}: date'": "ファイルの「fields」に「{name}: date」のように追加してください",
    "'plus' and 'minus' exclude each other": "「plus」と「minus」は同時に使えません",
    "'{key}' does nothing beside a weekday": "曜日と一緒に「{key}」は使えません",
    "'{name}' is not a weekday and hour": "「{name}」は曜日と時刻ではありません",
    "write it like 'tue 09:30'; a length of time needs no 'until'": "「tue 09:30」のように書いてください。期間に「until」は要りません",
    "'{name}' is no day of the year": "「{name}」という日はありません",
    "write month-day, like '12-28'": "「12-28」のように月-日で書いてください",
    "hardly a day is left on which a letter could go": "メールを送れる日がほとんどありません",
    "leave at least {n} days in a row open": "続けて{n}日以上、送信できる日を残してください",
    "'{name}' {back}": "「{name}」は{back}",
    "cannot be counted back from the end of a contract": "契約の終了日からさかのぼって数えられません",
    "cannot be counted back from a date": "日付からさかのぼって数えられません",
    "cannot be how far back points count: they are kept by the day": "ポイントの集計期間に使えません。ポイントは日ごとに記録されます",
    "write days or weeks, like '90 days'": "「90 days」のように日か週で書いてください",
    "'{name}' is too far back": "「{name}」はさかのぼりすぎです",
    "{n} days at most": "{n}日までです",
    "{n} days at most, like '7 days'": "「7 days」のように{n}日までにしてください",
    "'{name}' is no time at all": "「{name}」は期間になりません",
    "write 1 or more, or 'at once'": "1以上か「at once」と書いてください",
    "write 1 or more, or take it out": "1以上にするか、削除してください",
    # Consent
    "write the form's 'consent', the text beside its tick box, or take 'double_opt_in' out": (
        "フォームの「consent」（チェック欄の文）を書くか、「double_opt_in」を削除してください"
    ),
    "no form asks for a consent that could be confirmed": "確認の対象となる同意を求めるフォームがありません",
    "'{name}' is too long: who wants to confirm does it soon": "「{name}」は長すぎます。確認する方はすぐに行います",
    "'{name}' is too short to read a letter": "「{name}」ではメールを読む時間がありません",
    "write '1 hour' or more, like '7 days'": "「7 days」のように「1 hour」以上にしてください",
    # Conditions
    "the condition is empty": "条件が空です",
    "leave 'if' out, or write it like touches >= 3 and language == 'ja'": (
        "「if」を削除するか、touches >= 3 and language == 'ja' のように書いてください"
    ),
    "leave 'if' out, or ": "「if」を削除するか、",
    "write it like touches >= 3 and language == 'ja'": "touches >= 3 and language == 'ja' のように書いてください",
    "the condition has {n} characters": "条件が{n}文字あります",
    "{shown} has braces around it": "{shown}が波括弧で囲まれています",
    "{shown} has a backslash": "{shown}に逆斜線があります",
    "the condition has too many brackets": "条件の括弧が多すぎます",
    "make it simpler, or make two rules of it": "簡単にするか、二つのルールに分けてください",
    "the condition is nested too deeply": "条件の入れ子が深すぎます",
    "{shown} cannot be read": "{shown}を読み取れません",
    "compare with ==": "== で比べてください",
    "write 'and' between two comparisons": "比較の間には「and」と書いてください",
    "write 'or' between two comparisons": "比較の間には「or」と書いてください",
    "write 'not' before what must not hold": "否定する条件の前に「not」と書いてください",
    "a condition cannot call anything": "条件の中で関数は使えません",
    "a condition has no filters": "条件にフィルターは使えません",
    "a condition has no tests with 'is'": "条件に「is」は使えません",
    "a condition cannot look into a fact": "情報の中の一部を取り出すことはできません",
    "a condition only compares, it has no {text}": "条件は比較だけです。{text} は使えません",
    "{shown} is not a yes or no": "{shown}ははい・いいえになりません",
    "compare it with something: {why}": "何かと比べてください。{why}",
    "'{name}' is a date, and a condition compares none": "「{name}」は日付です。条件で日付は比べられません",
    "use 'when: {date: {name}}' or 'wait: {until: {other}}'": "「when: {date: {name}}」か「wait: {until: {other}}」を使ってください",
    "'{name}' is not a fact of a lead": "「{name}」という情報はありません",
    "{shown} is {noun} where {wanted} belongs": "{shown}は{noun}ですが、ここには{wanted}が入ります",
    "'in' needs a list after it, not {shown}": "「in」の後は一覧です。{shown}は使えません",
    "write it like language in ['ja', 'en']": "language in ['ja', 'en'] のように書いてください",
    "only numbers are more or less than another, not {shown} and {other}": "大小を比べられるのは数だけです（{shown}、{other}）",
    "use ==, != or in": "==、!=、in を使ってください",
    "{shown} is {noun} and {other} is {wanted}": "{shown}は{noun}、{other}は{wanted}です",
    "a text stands in quotes: '{text}'": "文字は引用符で囲みます: '{text}'",
    "compare like with like": "同じ種類のもの同士を比べてください",
    "'{name}' is not a {fact}": "「{name}」は {fact} ではありません",
    "'{name}' cannot be asked for: mail programs and gateways fetch pictures by themselves, so nobody knows who opened a letter": (
        "「{name}」は条件にできません。画像はメールソフトや中継サーバーが自動で取得するため、誰が開封したかはわかりません"
    ),
    "ask for what a person does: clicked, replied or downloaded, or in a condition clicks, replies or downloads": (
        "clicked、replied、downloaded など本人の行動を使ってください。条件では clicks、replies、downloads です"
    ),
    "'{name}' changes with time alone, and nothing wakes the lead when this comes true by it": (
        "「{name}」は時間だけで変わります。条件を満たしても、それに気付くきっかけがありません"
    ),
    "write {text}, and ask this in a 'branch' after it": "{text} と書き、その後の「branch」で条件を確かめてください",
    "'wait: {until: contract_end, minus: 90 days}'": "'wait: {until: contract_end, minus: 90 days}'",
    "'wait: 30 days'": "'wait: 30 days'",
    "lead to a track that begins with a 'branch' on it: there it is asked in the moment of the rule": (
        "その条件の「branch」で始まるトラックへ導いてください。ルールが働いた時点で確かめられます"
    ),
    "begin a track with 'wait: 30 days', and ask the rest in a 'branch' after it": (
        "トラックを「wait: 30 days」で始め、残りはその後の「branch」で確かめてください"
    ),
    "use 'when: {quiet_after: downloaded, for: 30 days}', and ask the rest in 'if'": (
        "「when: {quiet_after: downloaded, for: 30 days}」を使い、残りは「if」で確かめてください"
    ),
    "use 'when: {silence: 30 days}', and ask the rest in 'if'": "「when: {silence: 30 days}」を使い、残りは「if」で確かめてください",
    "use 'when: {contract_ends_in: 90 days}', and ask the rest in 'if'": (
        "「when: {contract_ends_in: 90 days}」を使い、残りは「if」で確かめてください"
    ),
    "use 'when: {quiet_after: downloaded, for: 180 days}', or ask it in a 'branch' after a 'wait'": (
        "「when: {quiet_after: downloaded, for: 180 days}」を使うか、「wait」の後の「branch」で確かめてください"
    ),
    "use 'when: {quiet_after: downloaded, for: 30 days}', or ask it in a 'branch' after a 'wait'": (
        "「when: {quiet_after: downloaded, for: 30 days}」を使うか、「wait」の後の「branch」で確かめてください"
    ),
}
"""What stands in braces is taken over: `web/desk/retold.py` says how."""
