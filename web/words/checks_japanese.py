"""What is wrong with a campaign file, and what would be right, in Japanese: each sentence by its English."""

from collections.abc import Mapping
from typing import Final

SENTENCES: Final[Mapping[str, str]] = {
    # The file
    "there is no such file": "ファイルがありません",
    "see if its name is right": "名前を確認してください",
    "the file cannot be read: {text}": "ファイルを読み込めません: {text}",
    "give the name of a campaign file that you may read": "読み取りできるキャンペーンファイルの名前を指定してください",
    "this is not UTF-8": "UTF-8 ではありません",
    "save the file as UTF-8": "UTF-8 で保存してください",
    "the file is empty": "ファイルが空です",
    "begin with '{text}'": "「{text}」から書き始めてください",
    "this is not {noun}": "{noun}ではありません",
    "a campaign": "キャンペーン",
    "write lines like '{text}'": "「{text}」のような行を書いてください",
    "the file is too large": "ファイルが大きすぎます",
    "a campaign has {n} KB at most": "キャンペーンは{n} KBまでです",
    "this is nested too deeply": "入れ子が深すぎます",
    "this repeats itself too often": "繰り返しが多すぎます",
    "see if a bracket is missing": "括弧の閉じ忘れがないか確認してください",
    "write it out without '&' and '*'": "「&」と「*」を使わずに書いてください",
    "a name after '*' is not defined above": "「*」の後の名前が、これより上で定義されていません",
    "quote the text if the star belongs to it": "「*」が文字の一部であれば、引用符で囲んでください",
    "this cannot be read as YAML: {text}": "YAML として読み込めません: {text}",
    "this cannot be read as YAML": "YAML として読み込めません",
    "see if a quote, a bracket, a colon or an indent is wrong": "引用符、括弧、コロン、字下げを確認してください",
    "see if there is a character that is not text": "文字以外のものが混ざっていないか確認してください",
    "there is a character that is not text": "文字ではないものが混ざっています",
    "a second document begins here": "ここから二つ目の文書が始まっています",
    "one file is one campaign: take the line '---' or '...' out": (
        "一つのファイルに一つのキャンペーンです。「---」または「...」の行を削除してください"
    ),
    "a tab stands where spaces belong": "空白を入れる位置にタブがあります",
    "indent with spaces": "字下げには空白を使ってください",
    "'{key}' is written twice here, first on line {n}": "「{key}」が重複しています（最初は{n}行目）",
    "keep one of them": "どちらか一つにしてください",
    "quote the text if the '!' belongs to it": "「!」が文字の一部であれば、引用符で囲んでください",
    "YAML has no {text}": "YAML に {text} はありません",
    "a key is a single word": "キーは一語で書きます",
    "write 'key: value'": "「キー: 値」の形で書いてください",
    "take it out": "削除してください",
    # Keys and values
    "did you mean '{name}'?": "「{name}」のことでしょうか",
    "did you mean '0{name}'?": "「0{name}」のことでしょうか",
    "did you mean '{name}{colon}{text}'?": "「{name}{colon}{text}」のことでしょうか",
    "did you mean '{span}'?": "「{span}」のことでしょうか",
    "did you mean '{n} {unit}{s}'?": "「{n} {unit}{s}」のことでしょうか",
    "{shown} is not a time of day": "{shown}は時刻ではありません",
    "write it like '09:00' or '17:30'": "「09:00」や「17:30」のように書いてください",
    "{shown} cannot stand here": "{shown}はここに書けません",
    "'{key}' is not known here": "ここに「{key}」は書けません",
    "'{key}' is missing here": "「{key}」がありません",
    "add '{key}: …'": "「{key}: …」を追加してください",
    "'{key}' is too long": "「{key}」が長すぎます",
    "{n} characters at most": "{n}文字までです",
    "'{key}' cannot be empty": "「{key}」を空にはできません",
    "write something, or take it out": "何か書くか、削除してください",
    "'{key}' has {n} entries": "「{key}」が{n}件あります",
    "'{key}' has {n} {entries}": "「{key}」が{n}件です",
    "{n} at most": "{n}までです",
    "{n} at least": "{n}以上にしてください",
    "{text} is too little for '{key}'": "「{key}」に{text}は小さすぎます",
    "{text} is too much for '{key}'": "「{key}」に{text}は大きすぎます",
    "{shown} is not a length of time": "{shown}は期間ではありません",
    "write it like '3 days', '2 working days', '4 hours' or '1 week'": (
        "「3 days」「2 working days」「4 hours」「1 week」のように書いてください"
    ),
    "write it like '3 days', or '{until: contract_end}', or '{until: tue 09:30}'": (
        "「3 days」「{until: contract_end}」「{until: tue 09:30}」のように書いてください"
    ),
    "write never, at once, or a time like '3 days', '2 working days', '4 hours' or '1 week'": (
        "「never」「at once」または「180 days」のような期間を書いてください"
    ),
    "write its choices, like [small, large], or one of number, yes_no, date": (
        "[small, large] のような選択肢か、number、yes_no、date のいずれかを書いてください"
    ),
    "'{key}' cannot be {given}": "「{key}」に{given}は書けません",
    "write a text, a whole number, true or false": "文字、整数、true、false のいずれかを書いてください",
    "write a list, [{text}]": "[{text}] のように一覧で書いてください",
    "write {noun}": "{noun}を書いてください",
    "a text": "文字",
    "a number": "数",
    "a yes or no": "はい・いいえ",
    "true or false": "true か false",
    "a whole number": "整数",
    "a list": "一覧",
    "a group of keys": "キーの集まり",
    "names with what belongs to them, indented below it": "名前と、その下に字下げした内容",
    "keys and values, indented below it": "下に字下げしたキーと値",
    "that part": "その部分",
    "an engagement": "行動",
    "{shown} is not {noun}": "{shown}はここでは使えません",
    "it is one of {list}": "次のいずれかです: {list}",
    "known here are {list}": "ここに書けるもの: {list}",
    "a step begins with one of {list}": "手順は次のいずれかで始まります: {list}",
    "they are {list}": "次のものがあります: {list}",
    "the tracks are {list}": "トラック: {list}",
    "the letters are {list}": "メール: {list}",
    "the contents are {list}": "資料: {list}",
    "the fields are {list}": "項目: {list}",
    "the dates are {list}": "日付: {list}",
    "the facts are {list}": "使える情報: {list}",
    "it asks for {list}": "尋ねられるもの: {list}",
    "a stage is one of {list}": "段階: {list}",
    "a {fact} is one of {list}": "{fact} は次のいずれかです: {list}",
    "use one of {list}": "次のいずれかを使ってください: {list}",
    "{shown} is not a language": "{shown}は言語の略号ではありません",
    "'{name}' is not a language": "「{name}」は言語の略号ではありません",
    "write its two small letters, like 'ja' or 'en'": "「ja」「en」のような小文字2字で書いてください",
    "{shown} is no stretch of days": "{shown}は日付の期間ではありません",
    "write it as months and days, like '12-28 to 01-04'": "「12-28 to 01-04」のように月と日で書いてください",
    "{shown} is not an engagement": "{shown}は行動の種類ではありません",
    "{shown} is not a name for a field": "{shown}は項目名に使えません",
    "{shown} is not a name": "{shown}は名前に使えません",
    "a name has small letters, digits{more}, begins with a letter, and has 48 characters at most": (
        "名前には英小文字、数字{more}を使います。英字で始まり、48文字までです"
    ),
    ", - and _": "、-、_",
    " and _": "、_",
    "write out what belongs here": "ここに入る内容を直接書いてください",
    "begin a step of its own with '- {key}: …'": "「- {key}: …」として別の手順にしてください",
    "the step '{key}' says nothing": "手順「{key}」に内容がありません",
    "write '{key}: …'": "「{key}: …」と書いてください",
    "{shown} is not a step": "{shown}は手順ではありません",
    "write '{until: {text}}'": "「{until: {text}}」と書いてください",
    # Keys that do not go together
    "'{text}' is no page to go to; write a path of this site, like '/thanks', or an https address": (
        "「{text}」はページではありません。「/thanks」のようなパスか https のアドレスを書いてください"
    ),
    "a form's engagement is one of {list}": "フォームの engagement は次のいずれかです: {list}",
    "a form whose engagement is {name} needs contents": "engagement が {name} のフォームには contents が必要です",
    "a window is written as hours and minutes on the lead's own clock, such as 09:00": (
        "送信時間帯は「09:00」のように、リードの現地時刻の時と分で書いてください"
    ),
    "the window opens at {text} and must close later, not at {other}": (
        "送信時間帯は{text}に始まります。{other}より後に終わるようにしてください"
    ),
    "a window needs at least one day": "送信時間帯には少なくとも1日が必要です",
    "a rule needs exactly one of {list} or touches": "ルールには次のうち一つだけを書いてください: {list}, touches",
    "touches goes alone or with silence": "touches は単独か silence と一緒に使います",
    "content goes with an engagement that has one, such as downloaded or visited": (
        "content は downloaded や visited のように内容のある行動と一緒に使います"
    ),
    "quiet_after and for go together": "quiet_after と for は一緒に使います",
    "answered goes with colleague: task_completed": "answered は colleague: task_completed と一緒に使います",
    "ahead goes with date": "ahead は date と一緒に使います",
    "wait_for needs 'any' with engagements, or 'if' with a condition": "wait_for には行動を書く「any」か、条件を書く「if」が必要です",
    "a split needs at least one share above 0": "split には0より大きい割合が一つ以上必要です",
    # The plan as a whole
    "there are {n} {key}": "{key} が{n}件あります",
    "{n} at most: make two campaigns of it": "{n}件までです。二つのキャンペーンに分けてください",
    "track '{track}' has {n} steps": "トラック「{track}」に手順が{n}件あります",
    "{n} at most: make two tracks of it": "{n}件までです。二つのトラックに分けてください",
    "there is no track '{track}'": "トラック「{track}」はありません",
    "there is no model of stages '{name}'": "段階のモデル「{name}」はありません",
    "'{name}' is not a stage": "「{name}」は段階ではありません",
    "the purpose of '{name}' is {purpose}, and track '{track}'": "「{name}」の目的は {purpose} ですが、トラック「{track}」は",
    "{piece} names no stage": "{piece}段階が書かれていません",
    "{piece} is for stage '{stage}'": "{piece}「{stage}」の段階のものです",
    "say the stage of the track: {part_of} begins in stage '{stage}'": (
        "トラックの段階を書いてください。{part_of}は「{stage}」の段階から始まります"
    ),
    "{part_of} begins in stage '{stage}': take the letter out here, or see if its purpose is right": (
        "{part_of}は「{stage}」の段階から始まります。ここからメールを外すか、目的を確認してください"
    ),
    "selling": "営業",
    "onboarding": "導入支援",
    "'{name}' comes twice in track '{track}'": "トラック「{track}」に「{name}」が2回あります",
    "give this one a name of its own, like 'name: {name}-2'": "「name: {name}-2」のように別の名前を付けてください",
    "there is a rule '{name}' already": "ルール「{name}」はすでにあります",
    "give this one a name of its own": "別の名前を付けてください",
    "give this one another name": "別の名前を付けてください",
    "{ways} goes round without taking time{more}": "{ways} は時間を置かずに循環しています{more}",
    " when its letters may not be sent": "（メールを送れないとき）",
    " when its dates have passed": "（日付が過ぎたとき）",
    " when what it waits for is so already": "（待つ条件がすでに満たされているとき）",
    "put a 'wait' or a 'task' before '{name}'": "「{name}」の前に「wait」か「task」を入れてください",
    "lead to a track that does not lead back": "戻ってこないトラックへ導いてください",
    "this way is never gone: the one above is for everyone": "この分岐に進むことはありません。上の分岐が全員を対象にしています",
    "move it above that one, or take it out": "その上に移すか、削除してください",
    "rule '{name}' never has its turn: '{other}' above it always wins": (
        "ルール「{name}」が使われることはありません。上の「{other}」が常に優先されます"
    ),
    "move it above '{name}', or take it out": "「{name}」の上に移すか、削除してください",
    "this step is never reached, after '{name}'": "「{name}」の後にあるため、この手順に進むことはありません",
    "track '{track}' is never reached": "トラック「{track}」に進むことはありません",
    "lead to it with a step 'go: {track}' or a rule, or take it out": "手順「go: {track}」かルールで導くか、削除してください",
    "a rep may answer 'won' to this task, and no rule says what happens then": (
        "このタスクに「won」と回答できますが、その後を決めるルールがありません"
    ),
    "add a rule with 'when: {outcome: won}'": "「when: {outcome: won}」のルールを追加してください",
    "it begins the campaign '{name}', which is not known": "キャンペーン「{name}」を開始しますが、そのキャンペーンはありません",
    "start that campaign first": "先にそのキャンペーンを開始してください",
    "the form '{name}' is already the form of the campaign '{campaign}', which runs": (
        "フォーム「{name}」は、進行中のキャンペーン「{campaign}」ですでに使われています"
    ),
    "its stage model is '{name}', but the campaign '{campaign}', which runs, has '{other}'": (
        "段階のモデルは「{name}」ですが、進行中のキャンペーン「{campaign}」では「{other}」です"
    ),
    "all campaigns that run share one: write 'stages: {name}'": "進行中のキャンペーンで共通にします。「stages: {name}」と書いてください",
}
"""What stands in braces is taken over: `web/desk/retold.py` says how."""
