"""What the machine asks of a rep by itself, for its own calls and for the stories, in Japanese: each sentence by its English."""

from collections.abc import Mapping
from typing import Final

SENTENCES: Final[Mapping[str, str]] = {
    # Calls of its own
    "A good fit is about to leave the campaign. Is there a reason to stay in touch?": (
        "見込みの高い方のキャンペーンが終わろうとしています。連絡を続ける理由はありますか。"
    ),
    "The time set for this campaign is over. Decide how to go on.": "このキャンペーンの期間が終わりました。今後の進め方を決めてください。",
    "We cannot write to this lead. Find another way, or the right person.": "メールを送れません。別の手段か、適切な方を探してください。",
    "The time for the next step had passed when the lead came to it.": "次の手順に来たとき、その時期はすでに過ぎていました。",
    "This letter should have gone long ago. Is it still worth sending?": "送るべき時期をかなり過ぎたメールです。今からでも送りますか。",
    "Nobody knows whether this letter went. The mail server's log may tell, or the lead: did it go, or is it to be sent again?": (
        "このメールが届いたかどうかわかりません。メールサーバーの記録かご本人に確かめ、届いたか、送り直すかを答えてください。"
    ),
    # Stories
    "They had everything and fell silent. Talk with them before anything else is sent; ask whether we may remind them.": (
        "資料も提案もお渡ししたあと、お返事がありません。何かを送る前に直接お話しし、あらためてご連絡してよいか伺ってください。"
    ),
    "Has the situation changed since we last spoke?": "前回お話ししてから、状況は変わりましたか。",
    "What would help them decide?": "何があれば、ご判断の助けになりますか。",
    "Is there another project that we could support?": "ほかにお手伝いできる案件はありますか。",
    "Connect with them, without selling anything.": "売り込みはせず、つながりを作ってください。",
    "They have been silent for long. Look once whether they are still there; there is no hurry.": (
        "長くお返事がありません。急ぎませんので、今も在籍されているか一度お確かめください。"
    ),
    "Call once, at another time of day than our letters went. How well do we know them, from 0 to 3?": (
        "メールを送っていた時間帯を避けて、一度お電話してください。関係の深さは0から3のどれですか。"
    ),
    "Ask a colleague there how things stand, and whether anybody else is interested: enter them as a lead.": (
        "同じ会社の方に状況を伺い、ほかに関心をお持ちの方がいればリードとして登録してください。"
    ),
    "A short personal word, and nothing to sell.": "売り込みはせず、短いひとことを直接お送りください。",
    "They ask out of nowhere and probably compare. Answer at once; read below what they had looked at before.": (
        "突然のお問い合わせで、おそらく比較検討中です。すぐにお返事してください。これまでにご覧になったものは下にあります。"
    ),
    "Who are they, and what do they need?": "どのような方で、何をお求めですか。",
    "Whom else do they compare?": "ほかにどこと比較していますか。",
    "What hurts today?": "今、何にお困りですか。",
    "Which details will decide?": "決め手になるのはどの点ですか。",
    "Find out what the first talk left open, and write it down.": "最初のお話でわからなかったことを調べ、書き留めてください。",
    "Competitors in the race": "競合している会社",
    "Needs and pain points": "ご要望とお困りごと",
    "Who decides, and by when": "決定する方と、その期限",
    "A small opportunity: one call settles what is open.": "小さな案件です。お電話一本で残りの点を確かめてください。",
    "A large opportunity came out of nowhere. Confirm that you know, and who takes care of it.": (
        "突然、大きな案件のお問い合わせがありました。確認したことと、誰が対応するかを答えてください。"
    ),
    "Write or call as a person: from now on you are whom they can ask. Why do they not go on?": (
        "担当者個人としてご連絡ください。今後はあなたが相談相手です。先へ進まない理由は何ですか。"
    ),
    "They work on something specific. Offer a talk about just that.": (
        "具体的な課題に取り組んでいます。その点に絞ったお話を提案してください。"
    ),
    "Prepare something for their trade, their company or their role alone, and attach where it lies.": (
        "先方の業種、会社、役割に合わせた資料を用意し、その場所をリンクで添えてください。"
    ),
    "Propose to meet, with what was made for them. Set, declined, or no answer?": (
        "用意した資料を添えて、面談を提案してください。設定、辞退、応答なしのどれでしたか。"
    ),
    "Hold the meeting, and say what came of it.": "面談を行い、結果を答えてください。",
    # What these tasks are called
    "last_look": "終了前の確認",
    "horizon": "期間の終了",
    "unreachable": "メール不達",
    "too_late": "時期を過ぎた手順",
    "in_doubt": "送信の確認",
    "stalled_after_proposal": "提案後の停滞",
    "follow_up_after_proposal": "提案後の再確認",
    "everybody_gone": "応答なし",
    "ask_a_colleague": "同僚への確認",
    "low_frequency": "低頻度での連絡",
    "out_of_nowhere": "突然のお問い合わせ",
    "large_opportunity": "大きな案件",
    "small_opportunity": "小さな案件",
    "research": "調査",
    "stuck_at_the_top": "情報収集の段階で停滞",
    "specific_need": "具体的な課題",
    "beyond_the_machine": "担当者の出番",
    "propose_a_meeting": "面談の提案",
    "meeting": "面談",
    "handwritten_note": "手書きのお手紙",
    "linkedin": "LinkedIn での連絡",
    "text_message": "ショートメッセージ",
}
"""What stands in braces is taken over: `web/desk/retold.py` says how."""
