namespace Ropewalk.Lab.Data;

/// <content>Clauses, sentences and paragraphs' building blocks.</content>
internal sealed partial class StoryGrammar
{
    private const string Sentences = """
        @opening
        On the following morning
        Towards evening
        Before the week was out
        At about {hour} o'clock
        One {day} in the {season}
        Some days after this
        On the {day} after
        That same night
        A little before {meal}
        In the course of the afternoon
        When {meal} was over
        Early the next day
        It happened that, one {day},
        Late in the {season} of that year
        @lead
        When the clock had struck {hour}
        Before the candles were lit
        As soon as the door was shut
        While {B} was still speaking
        Though {he} was very {mood}
        If {he} felt any {feeling}, {he} did not show it; and when {B} was gone
        Having nothing better to do
        After {span}
        As {sky}
        Without waiting for an answer
        When {he} had finished {his} {meal}
        Because {sky}
        With {feeling} rather than {feeling}
        To the surprise of {B}
        Being left alone in the {room}
        Hearing {sound}
        Not knowing what to say
        In spite of {matter}
        Since there was no help for it
        Whatever {he} may have thought of {matter}
        Once {he} was sure that nobody had followed {him}
        In the middle of the {room}
        For the first time since {he} came to {P}
        @did
        sat down by the {furniture} and was silent for {while}
        went out into the {room} and looked at the sky
        took up the {quality} {thing} and turned it over in {his} hands
        walked up and down the {room} for {while}
        laid the {thing} upon the {furniture}
        told {B} the whole story, from the beginning to the end
        asked {B} to come with {him} as far as the gate
        read the letter twice, and then put it into the fire
        thought of {his} {relation}, and of the house where {he} had been a child
        locked the {quality} {thing} in the cupboard and kept the key
        ate {food} with a good appetite
        ate nothing, and drank nothing but water
        made up {his} mind to speak to {C} about {matter}
        went to bed, but did not sleep
        stood at the {furniture} and listened to {sound}
        gave a shilling to the boy and sent him to {Q}
        wrote three lines to {C}, and sealed them
        began to talk of {matter}, as if nothing had happened
        watched {the_sight} until it was too dark to see
        looked for the {thing} in every corner of the {room}
        found the {quality} {thing} where {he} had left it
        put on {his} hat and went down to the water
        held out {his} hand to {B}, who took it
        refused to hear another word about {matter}
        fell asleep in the {quality} chair, with a {thing} upon {his} knees
        counted the money, and found it right
        promised that {he} would say nothing of it to {C}
        lit the {thing} and led the way through the {room}
        opened the {quality} {thing}, and found nothing in it but dust
        called to the {beast}, which came at once
        mended the {thing} as well as {he} could
        had a long conversation with {B} upon the subject of {matter}
        remembered what {C} had said about {matter}
        waited in the {room} until {hour} o'clock
        rode over to {Q} upon the {quality} grey mare
        paid what {he} owed, and came away with an easy mind
        burst into tears, which was a thing {he} had not done for years
        laughed, and could not say why
        listened to {the_people} with great patience
        was obliged to borrow a {thing} from {the_people}
        went to the window and looked out at {the_sight}
        shut the book, and would read no more
        made no answer, but turned very pale
        drew {his} chair to the fire, and asked for {food}
        carried the {thing} up to the {room} with {his} own hands
        @the_sight
        {sight}
        @the_people
        {people}
        @tail
        , for {he} was very {mood}
        , and {B} did the same
        , though {he} could not have told the reason
        , while {sky}
        , which did not escape the notice of {B}
        ; but {he} said nothing of it to {B}
        ; and there the matter rested for that day
        , with a feeling of {feeling} that {he} did not understand
        , as {his} {relation} used to do
        ; and nobody in the house was any the wiser
        , so that {the_people} began to talk
        ; for in those days {he} was always {mood}
        , and heard {sound}
        , before {B} could prevent {him}
        ; nor was {he} sorry for it afterwards
        , and {B}, who was {mood}, let {him} do as {he} pleased
        , until {sound} put an end to it
        , like a {man} in a dream
        ; yet {he} was not so {mood} as {he} seemed
        @action
        {lead}, {A} {did}.
        {lead}, {he} {did}.
        {A} {did}{tail}.
        {A} {did}.
        {he} {did}{tail}.
        {he} {did}, and {did}.
        {opening} {he} {did}{tail}.
        {he} {did}.
        {A}, who was {mood}, {did}.
        {lead}, {he} {did}{tail}.
        It was {A} who, {manner}, {did}.
        {he} would have spoken of {matter}, but {B} {did_other}.
        {A} {did}, while {B} {did_other}.
        There was {sound}, and {A} {did}.
        {B} {did_other}; and {A}, seeing this, {did}.
        Then {he} {did}.
        {he} {did}; then {he} {did}.
        Presently {he} {did}{tail}.
        @did_other
        turned away {b.his} head
        sat perfectly still
        rose and left the {room}
        shook {b.his} head
        looked at {him} with {feeling}
        went on with {b.his} work
        smiled, and said nothing
        poured out the tea
        was busy with the {thing}
        had already opened the door
        laid {b.his} hand upon {his} arm
        stared into the fire
        hummed an old tune
        would not hear of it
        @scenery
        {sky}, and there was nobody to be seen in the {room}.
        From the {furniture} one could see {the_sight} and, beyond it, {the_sight}.
        It was a {quality} place, and {the_people} did not like to pass it after dark.
        The {room} was cold, and smelt of old books and of {food}.
        There stood in the {room} a {quality} table, and on it a {thing} and a {quality} {thing}.
        In the {season} the place was pleasant enough; in the {season} {the_people} kept within doors.
        {sky}; and for {while} nothing was heard but {sound}.
        The walls were hung with {quality} pictures, and over the {furniture} there was a {quality} {thing}.
        A {quality} {beast} lay before the fire, and did not trouble to rise.
        Nothing had been changed there since the days of {his} {relation}.
        The road to {Q} was bad at the best of times, and now it was under water.
        All was still, except for {sound}.
        {the_people} had gone to {Q} for the day, and had taken the {beast} with them.
        The garden was full of roses, and beyond the wall one heard {sound}.
        There was a light in the {room}, though it was past {hour} o'clock.
        It was one of those days in the {season} when a {man} does not care to be alone.
        @arrival
        {opening} {A} came to {P}.
        {opening}, as {sky}, {A.full} was seen upon the road to {P}.
        {A} had been at {P} for {span} before anybody asked {him} what {he} wanted there.
        {opening} {A} and {B} were together at {P}.
        It was at {P} that {A} met {B} again, {opening_low}.
        {opening} {A}, who had walked all the way from {Q}, stopped at {P} to rest.
        There was company at {P}, and {A} sat next to {B}.
        {A} had not meant to go to {P}; but {sky}, and it was the nearest roof.
        {opening} the coach from {Q} set down {A} and a {quality} {thing} at {P}.
        {B} was waiting at {P}, and {A} was late.
        @opening_low
        after an absence of {span}
        when {he} least expected it
        on a {day}, in the {season}
        in company with {C}
        @portrait
        {A.full}, the {trade}, was known by {mark}.
        {A} had {mark}, and was not ashamed of it.
        There was no {trade} in the county who was better known than {A.full}.
        {he} was a {quality_man} {man} with {mark}, and a {trade} by calling.
        {his} {relation} had been a {trade} before {him}, and {he} had never thought of being anything else.
        Nobody would have taken {him} for a {trade}, but for {mark}.
        {he} spoke little, and what {he} said was generally to the purpose.
        {he} had a {quality_man} face, and {mark}; and when {he} was {mood} {he} could not hide it.
        As for {B}, {b.he} thought well of {him}, and said so to {the_people}.
        {he} was never seen without a {quality} {thing}, which had belonged to {his} {relation}.
        @quality_man
        tall
        stout
        thin
        plain
        quiet
        grave
        good-natured
        proud
        shy
        stern
        @thought
        {he} had known {feeling} before, but never such {feeling} as this.
        Was it {feeling}, or was it only {feeling}? {he} could not tell.
        It seemed to {him} that {his} {relation} would have done otherwise.
        There are moments when a {man} would give all that {he} has for a kind word.
        {he} was not a {man} to be turned from {his} purpose by {matter}.
        What would {C} think of it? That was the question which {he} put to {himself} again and again.
        The more {he} thought of {matter}, the less {he} liked it.
        If {B} had asked {him} then, {he} would have told everything; but {B} did not ask.
        {he} was {mood}, and did not know whether to blame {C} or {himself}.
        Never had the {room} seemed so empty as it did that night.
        It is not easy to forgive, and it is still less easy to forget; and {A} had tried to do both.
        Those who have lived long in one place will understand what {he} felt.
        {he} told {himself} that it was only {matter}; but {he} did not believe it.
        Perhaps {B} had guessed it; perhaps all the world had guessed it.
        {he} thought of {matter}, and of {C}, and of the years that would never come back.
        @gossip
        {the_people} said that {C} had quarrelled with {A} about {matter}.
        Nobody could say what had become of the {quality} {thing} that {C} brought home from {Q}.
        It was the talk of {Q} for {span}, and then it was forgotten.
        {the_people} had their own opinion of {matter}, and did not keep it to themselves.
        At {Q} it was believed that {C} would never be seen again.
        There was some talk of {matter}; but {C} put an end to it.
        Even {C}, who seldom spoke of {matter}, was heard to say that it was a pity.
        {the_people} shook their heads, and said that they had always known how it would end.
        @recall
        {A} had not forgotten that {past}.
        It was well known at {P} that {past}.
        {A} remembered now that {past}.
        Everybody knew that {past}; and yet nobody spoke of it.
        That {past} was a thing which {he} never told to {B}.
        {he} knew, as {C} knew, that {past}.
        It came into {his} mind that {past}.
        "{present}," {he} said to {himself}; and the thought of it made {him} {mood}.
        So it was true, after all, that {past}!
        {he} thought of {topic}, and could not help remembering that {past}.
        If anybody had asked {him} about {topic}, {he} would have answered that {past}.
        {the_people} still told one another, over their {meal}, that {past}.
        Whatever else was in doubt, it was certain that {past}.
        @learned
        It was then that {A} learned, from {C}, that {past}.
        {the_people} told {him} that {past}; and {he} had reason to remember it afterwards.
        Let it be said here, for it will be wanted again, that {past}.
        Now the truth of the matter was that {past}.
        {B} told {him}, {manner_other}, that {past}.
        In this way {he} came to know that {past}.
        There was one thing more: {past}.
        Among the papers of {his} {relation} {he} found it written that {past}.
        @manner_other
        in confidence
        as a great secret
        before they parted
        with some hesitation
        in so many words
        @ask_line
        "{question}" {asked} {A}, {manner}.
        "Tell me one thing," {said} {A}. "{question}"
        "{question}" {asked} {A}; for {he} had forgotten it.
        "You were there," {said} {A}. "{question}"
        {A} looked at {b.him} for a moment. "{question}" {he} {asked}.
        "And {topic}?" {said} {A}. "{question}"
        @answer_line
        "{answer}," {said} {B}, without a moment's doubt.
        "{answer}," {said} {B}. "{C} told me so, and I have never forgotten it."
        "You know it as well as I do," {said} {B}. "{answer}."
        "{answer}," was the reply.
        {B} thought for a little. "{answer}," {b.he} {said}.
        "{answer}," {said} {B}; and so it was.
        "I will tell you," {said} {B}, "though I tell nobody else. {answer}."
        @tell_line
        "I will trust you with it," {said} {A}. "{present}."
        "Listen to me, {b.sir}," {said} {A}, {manner}. "{present}. You must never repeat it."
        "Have they not told you?" {said} {A}. "{present}."
        "You may believe me or not," {said} {A}; "but {present}."
        "Remember this," {said} {A}, {manner}. "{present}."
        @remark
        I have thought of nothing else since {day}
        You are very good, {b.sir}, but I want nothing
        I do not know what you mean by it
        There is no truth in what they say about {matter}
        It will be a hard {season} for all of us
        I would rather be poor than owe anything to {C}
        You must speak to {C} about {matter}
        If I had known it I should never have come to {P}
        My {relation} always told me that it would end so
        We shall be late, and {C} will be angry
        I saw {C} on {day}, at {Q}, with a {quality} {thing} under one arm
        I have been to {Q} and back since {meal}
        Nobody has a right to ask me that
        Give me the {thing}, and say no more
        I am not afraid of {C}, nor of {the_people} either
        You have been a good friend to me, {b.sir}
        There is something that I must tell you before it is too late
        It is the {quality} {thing} that I am thinking of
        They will be sorry for it at {Q} before the {season} is over
        I have not slept for thinking of {matter}
        Where there is {feeling} there is always some {feeling}
        The {beast} is lame, and we must walk
        Let us talk of {matter}, if we must talk at all
        You look {mood}, and I do not wonder at it
        Come in, and shut the door, and take some {plain_food}
        I never liked this {room}, and I like it less now
        It is all one to me whether {C} comes or stays away
        I gave my word, and I shall keep it
        What is done cannot be undone
        Old as I am, I have never seen the like of it
        @plain_food
        bread and cheese
        cold beef
        tea
        supper
        @exclaim
        Good heavens!
        Well, well!
        Upon my word!
        God forgive me!
        Nonsense!
        No, no!
        Ah!
        Indeed!
        @inquiry
        Is that all you have to say?
        Have you told {C} of it?
        And what did {C} answer?
        Why did you not come to me before?
        Do you think that {C} will come?
        Who told you so?
        Shall we ever see {Q} again?
        What has become of the {thing}?
        How long have you known it?
        Are you quite sure of it, {b.sir}?
        Do you remember the {season} when we were at {Q}?
        And what is that to me?
        @say
        "{remark}," {said} {A}, {manner}.
        "{remark}," {said} {A}. "{remark}."
        "{exclaim} {remark}," {said} {A}.
        "{inquiry}" {asked} {A}, {manner}.
        {A} {did_brief}. "{remark}," {he} {said}.
        "{remark}."
        "{exclaim} {inquiry}"
        "{remark}," {said} {A}; "and I will tell you why. {remark}."
        "{inquiry}"
        "{remark}," {said} {A}, and {did}.
        "No," {said} {A}, {manner}. "{remark}."
        "Yes," {said} {A}. "{remark}; and {remark_low}."
        @remark_low
        there is an end of it
        that is more than most people can say
        you may tell {C} that I said so
        I shall say no more about it
        I do not care who hears me
        so you may judge for yourself
        @did_brief
        sighed
        looked up
        turned round
        laughed a little
        hesitated
        set down the {thing}
        came a step nearer
        coloured
        was silent for a moment
        @break
        There was a long silence, and one heard {sound}.
        They were both silent for {while}.
        At this moment there was {sound_there}, and they stopped.
        Neither of them spoke again until {meal}.
        {sky} before they had done.
        @sound_there
        a knock at the door
        a noise in the {room}
        a cry from the {room}
        the sound of a {beast} in the yard
        @chapter
        Of {topic}
        In Which {A} Comes to {P}
        At {P}
        {A} and {B}
        {topic}
        What {A} Said to {B}
        The Road to {Q}
        {A} Hears of {topic}
        A {day} in the {season}
        The Return of {A}
        @farewell
        So they parted, and {A} went home by way of {Q}.
        With this {A} was obliged to be content for that night.
        And so the day ended, as it had begun, with {matter}.
        {A} said no more; but {he} did not forget what had passed at {P}.
        When the lights were put out at {P}, {A} was still awake.
        What came of it we shall see.
        """;
}
