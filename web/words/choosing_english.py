"""The words in English of the pages on which people confirm a consent, and choose what they get."""

WORDS = {
    # Confirming a consent
    "confirm_title": "Is this what you asked for?",
    "confirm_text": "This was asked for on our site, for your address:",
    "confirm_button": "Yes, write to me",
    "confirm_else": "Nothing happens before you press the button. If it was not you, close this page: no letters will come.",
    "confirmed_title": "Thank you",
    "confirmed": "It is confirmed. From now on you get what you asked for, and each letter says how to stop it.",
    "confirm_too_late_title": "This link is too old",
    "confirm_too_late": "Nothing was confirmed, and no letters will come. If you "
    "still want them, please fill in the form on our site once more.",
    "confirm_refused_title": "No letters go to this address",
    "confirm_refused": "Letters to this address were stopped, and no form changes "
    "that. If you want them again, please write to us: {contact}",
    "cut_confirm_title": "This link is not complete",
    "cut_confirm": "Nothing was confirmed. A mail program may have cut the link short. "
    "Please open it from the letter once more, or copy all of it; or write to us: {contact}",
    "thanks_confirm": "We have received your request. One thing is left: we are sending you a letter; "
    "please confirm by its link that we may write to you.",
    # Choosing what to get
    "preferences_title": "What may we send you?",
    "preferences_text": "Choose, then save. Nothing changes before that.",
    "preferences_topics": "Letters about",
    "preferences_get": "Send them",
    "preferences_not": "Do not send them",
    "preferences_often": "How often",
    "preferences_usual": "As usual",
    "preferences_monthly": "At most once a month",
    "preferences_pause": "Not before this day",
    "preferences_until": "Day",
    "preferences_save": "Save",
    "preferences_wrong": "Nothing was changed yet. Please look at what is marked and save it again.",
    "preferences_pause_missing": "From which day on may we write to you again?",
    "preferences_pause_past": "Please give a day that is still to come.",
    "preferences_pause_far": "Please give a day within a year, or stop the letters.",
    "preferences_stopped": "You have stopped all letters from us. If you choose a topic here, you get letters about that one again.",
    "preferences_for_good_title": "No letters go to this address",
    "preferences_for_good": "They were stopped, and that cannot be changed on this page. "
    "If you want letters again, please write to us: {contact}",
    "preferences_nobody_title": "There is nothing to choose",
    "preferences_nobody": "We keep nothing about you any more, and no letters will come.",
    "preferences_saved": "Saved. This holds from now on:",
    "preferences_gets": "You get letters about: {topic}.",
    "preferences_gets_not": "You get no letters about: {topic}.",
    "preferences_is_usual": "They come as often as usual.",
    "preferences_is_monthly": "At most one comes a month.",
    "preferences_is_paused": "None comes before {day}. Then it goes on as before.",
    "preferences_everything_text": "Or if you want no letter from us at all, whatever it is about:",
    "preferences_link": "Or choose what you get, and how often",
}
