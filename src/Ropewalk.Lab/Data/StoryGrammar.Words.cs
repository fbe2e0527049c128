namespace Ropewalk.Lab.Data;

/// <content>Words and phrases.</content>
internal sealed partial class StoryGrammar
{
    private const string Words = """
        @manner
        quietly
        slowly
        gravely
        kindly
        coldly
        gently
        in a low voice
        without looking up
        after a pause
        with a smile
        with some heat
        rather sadly
        a little sharply
        with great simplicity
        in a tone of surprise
        half to {himself}
        as if {he} had expected it
        with a shake of the head
        @said
        said
        said
        said
        answered
        replied
        returned
        cried
        observed
        @asked
        asked
        asked
        inquired
        said
        demanded
        @feeling
        pity
        shame
        joy
        fear
        anger
        wonder
        hope
        grief
        relief
        doubt
        surprise
        tenderness
        pride
        curiosity
        weariness
        regret
        gratitude
        impatience
        @mood
        weary
        uneasy
        glad
        ashamed
        silent
        pale
        angry
        thoughtful
        hungry
        content
        restless
        troubled
        cheerful
        afraid
        lonely
        grateful
        out of temper
        sick at heart
        in excellent spirits
        @quality
        old
        small
        heavy
        broken
        plain
        narrow
        faded
        strange
        handsome
        rusty
        little
        great
        worn
        curious
        wooden
        black
        common
        dusty
        foreign
        battered
        @thing
        lantern
        basket
        candle
        book
        bottle
        looking-glass
        chair
        cloak
        hat
        stick
        kettle
        picture
        box
        chest
        knife
        spade
        saddle
        bundle of papers
        pair of boots
        plate
        drawer
        fiddle
        walking-stick
        spy-glass
        snuff-box
        shawl
        @room
        parlour
        kitchen
        hall
        library
        passage
        garden
        yard
        stable
        orchard
        back room
        dining-room
        counting-house
        study
        cellar
        @furniture
        table
        fire
        window
        door
        bench
        chimney
        stairs
        bed
        old desk
        great chair
        cupboard
        @meal
        breakfast
        dinner
        tea
        supper
        @food
        bread and cheese
        cold mutton
        a dish of eggs
        a bowl of broth
        boiled beef
        tea and toast
        an apple pie
        a glass of wine
        @part
        face
        hand
        voice
        eyes
        manner
        @hour
        five
        six
        seven
        eight
        nine
        ten
        eleven
        midnight
        @day
        Monday
        Tuesday
        Wednesday
        Thursday
        Friday
        Saturday
        Sunday
        @season
        spring
        summer
        autumn
        winter
        @span
        an hour
        half an hour
        some minutes
        a long while
        the whole afternoon
        several days
        a fortnight
        three weeks
        the best part of a year
        @while
        an hour
        half an hour
        some minutes
        a long while
        a quarter of an hour
        longer than was usual
        @relation
        father
        mother
        uncle
        aunt
        grandfather
        old master
        cousin
        elder brother
        @matter
        the money
        the business
        the old quarrel
        the marriage
        the weather
        the harvest
        the lawyer
        the sale of the cattle
        the news from London
        the price of corn
        the state of the roads
        the voyage
        the lease
        the accident
        @people
        the servants
        the neighbours
        the old people
        the children
        the men at the inn
        the sailors
        the women at the well
        the whole parish
        the clergyman's family
        @beast
        dog
        horse
        cat
        old mare
        pony
        @sky
        the rain had begun to fall
        a cold wind was blowing from the sea
        the moon had risen above the trees
        the sun was already low
        the snow lay deep upon the roads
        a thick mist hung over the fields
        the stars were very bright
        it was growing dark
        there was thunder among the hills
        the morning was clear and still
        the frost was hard upon the ground
        the clouds were breaking in the west
        the wind had dropped at last
        a fine rain was falling
        @sight
        the smoke of the chimneys
        the lights of the town
        the white road
        the grey line of the sea
        the church tower
        the long row of elms
        the boats upon the river
        the gate and the little bridge
        the dark woods
        the carts coming home from the market
        @sound
        the clock upon the stairs
        the noise of wheels
        the barking of a dog
        the voices in the next room
        the bell of the church
        a step upon the gravel
        the wind in the chimney
        the rain against the glass
        somebody singing in the road
        the murmur of the water
        """;
}
