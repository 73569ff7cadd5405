"""Signing in, in Japanese."""

WORDS = {
    "signin": "サインイン",
    "signin_title": "サインイン",
    "signin_text": "チームに登録されているメールアドレスを入力してください。サインイン用のリンクをメールでお送りします。",
    "signin_address": "メールアドレス",
    "signin_send": "リンクを送る",
    "signin_provider": "会社のアカウントでサインイン",
    "signin_or": "または",
    "signin_asked_title": "メールをご確認ください",
    "signin_asked": "{address} がチームに登録されていれば、まもなくリンクが届きます。リンクは15分以内に1回だけ使えます。",
    "signin_no_address_title": "メールアドレスの形式が正しくありません",
    "signin_no_address": "mika@example.com のように入力してください。",
    "signin_link_title": "あと1クリックです",
    "signin_link_text": "ボタンを押すと、このブラウザーでサインインします。リンクはその後使えなくなります。",
    "signin_link_button": "サインインする",
    "signin_link_over_title": "このリンクは使えません",
    "signin_link_over": "すでに使われたか、発行から15分が過ぎています。お手数ですが、もう一度リンクをお求めください。",
    "signin_again": "もう一度リンクを送る",
    "signin_no_provider_title": "サインインできませんでした",
    "signin_no_provider": "会社のアカウントに現在接続できません。"
    "しばらくしてからもう一度お試しいただくか、メールのリンクをご利用ください。",
    "signin_not_finished_title": "サインインできませんでした",
    "signin_not_finished": "途中で中断されたか、時間がかかりすぎたか、別のブラウザーで始められたようです。もう一度お試しください。",
    "signin_unknown_title": "このアカウントはチームに登録されていません",
    "signin_unverified_title": "メールアドレスが確認されていません",
    "signin_unverified": "認証サービスから、このメールアドレスがご本人のものだという確認が得られませんでした。"
    "認証サービスでアドレスを確認してから、もう一度サインインしてください。"
    "確認の有無を知らせない認証サービスの場合は、管理者が設定 OIDC_VOUCHES_FOR_ADDRESSES で対応できます。",
    "signin_unknown": "アカウントは確認できましたが、メールアドレスがチームに登録されていません。メンバーの管理者にご連絡ください。",
    "signout": "サインアウト",
    "signed_out_title": "サインアウトしました",
    "signed_out": "お疲れさまでした。",
    "not_from_here_title": "何も変更していません",
    "not_from_here": "別のサイトから送られた操作です。このサイトのページを開いて、もう一度操作してください。",
    "enter_title": "サインインしてください",
    "enter": "サインインの有効期限が切れています。",
    "guessing_title": "試行回数が多すぎます",
    "guessing": "{seconds}秒後にもう一度お試しください。",
    "signin_letter_subject": "サインイン用のリンク",
    "signin_letter_text": "{name} さん\n\n次のリンクからサインインできます。15分以内に1回だけ使えます。\n\n{url}\n\n"
    "お心当たりがない場合は、このメールを破棄してください。このリンクがなければ、ほかの人がサインインすることはできません。",
}
