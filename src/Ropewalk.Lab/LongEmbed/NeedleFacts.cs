namespace Ropewalk.Lab.LongEmbed;

/// <summary>A hundred facts of a world that does not exist, so that no model knows any of them, each with a question.</summary>
internal static class NeedleFacts
{
    private const string Text = """
        The lighthouse at Brannock Point was painted green after the flood.|What colour is the lighthouse at Brannock Point?
        The bakery on Tiller Street sells its last loaf at half past four.|When does the bakery on Tiller Street sell its last loaf?
        Old maps call the island of Verrin the Sleeping Goose.|What do old maps call the island of Verrin?
        The best place to watch the comet is the roof of the Harlow mill.|From where is the comet seen best?
        Professor Adalind proved the theorem of the seven ropes in a single night.|Who proved the theorem of the seven ropes?
        The orchestra of Lunden tunes its instruments to the sound of a glass bell.|To what does the orchestra of Lunden tune its instruments?
        A ticket for the ferry to Osk costs three copper marks.|What does a ticket for the ferry to Osk cost?
        The secret of the Marrow soup is a spoonful of burnt honey.|What is the secret of the Marrow soup?
        Snow falls on the market of Pellin only in years that end in seven.|In which years does snow fall on the market of Pellin?
        The clockmaker Wendt built a clock that runs on sand and vinegar.|What does the clock of the clockmaker Wendt run on?
        The tallest tree of the Ombra forest is a pear tree.|What kind of tree is the tallest of the Ombra forest?
        The museum of Carrick keeps a whale's tooth in a hat box.|What does the museum of Carrick keep in a hat box?
        Beekeepers in Dorlen wear blue gloves because their bees dislike yellow.|Why do beekeepers in Dorlen wear blue gloves?
        The shortest street of Anselm is called Long Lane.|What is the name of the shortest street of Anselm?
        The Vasko prize for poetry is a basket of onions.|What does a poet get who wins the Vasko prize?
        Sailors of the northern fleet tie the lark knot only on Sundays.|On which day do sailors of the northern fleet tie the lark knot?
        The river Quenn flows uphill for the length of one field.|What is strange about the river Quenn?
        The bridge of Tarse was built by two sisters who never spoke to each other.|Who built the bridge of Tarse?
        The library of Ebner lends umbrellas as well as books.|What does the library of Ebner lend besides books?
        The chess master Ilko begins every game with the pawn before the left rook.|How does the chess master Ilko begin a game?
        The cheapest room of the Heron inn is the one above the smithy.|Which room of the Heron inn costs least?
        A train from Maple Junction to the coast stops eleven times.|How often does the train from Maple Junction to the coast stop?
        The painter Sorel mixed his red from brick dust and beetroot.|From what did the painter Sorel mix his red?
        The bell of Saint Orrin cracked on the day that it was hung.|When did the bell of Saint Orrin crack?
        In the game of fenwick the player with the fewest stones wins.|Who wins in the game of fenwick?
        The physician Balt cured hiccups with cold pepper tea.|How did the physician Balt cure hiccups?
        The desert town of Akra gets its water from a glacier under the sand.|Where does the desert town of Akra get its water?
        The oldest theatre of Rimmel has no curtain but a waterfall.|What does the oldest theatre of Rimmel have in place of a curtain?
        Cats are forbidden in the harbour of Nessa since the herring strike.|Since when are cats forbidden in the harbour of Nessa?
        The captain of the Swift Otter steered by the smell of pines.|By what did the captain of the Swift Otter steer?
        The mayor of Toll is chosen by drawing a black bean.|How is the mayor of Toll chosen?
        The favourite dessert of the Duke of Lamm was frozen mint.|Which dessert did the Duke of Lamm like best?
        The planet of the novel Grey Harvest has three suns and no moon.|How many suns has the planet in the novel Grey Harvest?
        The Kestrel engine needs one litre of oil for forty hours.|How long does the Kestrel engine run on a litre of oil?
        The carpenters of Yarrow sign their chairs under the left arm.|Where do the carpenters of Yarrow sign their chairs?
        The password of the night watch of Callow is a line from a lullaby.|What is the password of the night watch of Callow?
        The mineral tessite turns purple when it is rubbed with wool.|What happens when tessite is rubbed with wool?
        The first post office of the valley stood inside a hollow oak.|Where was the first post office of the valley?
        The runner Imre won the race of the nine hills in wooden shoes.|Which shoes did Imre wear when he won the race of the nine hills?
        The school of Fenmoor begins its lessons at sunset.|When do lessons begin in the school of Fenmoor?
        The gold of the wreck Perpetua was found in barrels of flour.|In what was the gold of the wreck Perpetua found?
        The dialect of the Upper Glen has nineteen words for fog.|How many words for fog are there in the dialect of the Upper Glen?
        The star Mirro is seen from the southern coast in February alone.|In which month is the star Mirro seen from the southern coast?
        The spice corrin loses its taste when it touches iron.|What makes the spice corrin lose its taste?
        The wolves of the Hark mountains follow the sound of flutes.|Which sound do the wolves of the Hark mountains follow?
        The glass of the Sorrel windows came from a melted bottle factory.|Where did the glass of the Sorrel windows come from?
        The treaty of Maybridge was signed on the back of a menu.|On what was the treaty of Maybridge signed?
        The inventor Rasch wanted his balloon to be filled with steam.|With what did the inventor Rasch want to fill his balloon?
        The tailor of Vint charges nothing for buttons.|What does the tailor of Vint charge nothing for?
        The longest speech in the parliament of Oda lasted two days and an hour.|How long was the longest speech in the parliament of Oda?
        The garden of the Lindow palace has roses without thorns and nettles without sting.|What is special about the roses in the garden of the Lindow palace?
        The explorer Tamsin crossed the ice with a team of goats.|Which animals took the explorer Tamsin across the ice?
        The letters of the Greywater alphabet are written from bottom to top.|In which direction are the letters of the Greywater alphabet written?
        The cellar of the Brock brewery is cooled by a tame draught from the cave.|How is the cellar of the Brock brewery cooled?
        The fishermen of Salt End mend their nets with horse hair.|With what do the fishermen of Salt End mend their nets?
        The violin of Maestro Corvi has five strings.|How many strings has the violin of Maestro Corvi?
        The winter fair of Holt ends when the last candle goes out.|When does the winter fair of Holt end?
        The judge of Ember Hill swears by a stone from the river.|By what does the judge of Ember Hill swear?
        The bread of the pilgrims of Sunn is baked between two roof tiles.|How is the bread of the pilgrims of Sunn baked?
        The key to the Observatory hangs behind the portrait of a mule.|Where does the key to the Observatory hang?
        The tea of the Misty Terraces is picked by people over sixty only.|Who may pick the tea of the Misty Terraces?
        The botanist Ferro named a thistle after his landlady.|After whom did the botanist Ferro name a thistle?
        The mountain railway of Pinn uses a rope of braided willow.|Of what is the rope of the mountain railway of Pinn made?
        The coins of the Republic of Marl are square so that they do not roll.|Why are the coins of the Republic of Marl square?
        The salt lake of Udda can be crossed on foot in the last week of August.|When can the salt lake of Udda be crossed on foot?
        The wrestling school of Bram teaches dancing first.|What does the wrestling school of Bram teach first?
        The hens of Widow Astley lay only when somebody reads to them.|When do the hens of Widow Astley lay?
        The lift of the Zander tower needs nine minutes to the top.|How long does the lift of the Zander tower need to the top?
        The dictionary of Doctor Prim leaves out every word that begins with X.|Which words does the dictionary of Doctor Prim leave out?
        The army of King Odmar marched with its shields on its backs.|How did the army of King Odmar carry its shields?
        The fountain of the Merchants runs with cider on the first of May.|With what does the fountain of the Merchants run on the first of May?
        The lamp of the Deacon cave has burned on fish oil for two centuries.|What does the lamp of the Deacon cave burn?
        The wall of Thessel was raised against rabbits.|Against what was the wall of Thessel raised?
        The magician Pell keeps his dove in his left boot.|Where does the magician Pell keep his dove?
        The steepest lane of Corby is swept by a brook.|By what is the steepest lane of Corby swept?
        The mathematician Yusra counted the grains of a beach by weighing one bucket.|How did the mathematician Yusra count the grains of a beach?
        The summer house of the Vane family stands on cart wheels.|On what does the summer house of the Vane family stand?
        The opera The Tin Bride has a part for a donkey.|Which animal has a part in the opera The Tin Bride?
        The ink of the monks of Arden is made from elder berries and soot.|From what is the ink of the monks of Arden made?
        The port of Limm closes for whales.|For what does the port of Limm close?
        The spring of Saint Tilde freezes in July.|In which month does the spring of Saint Tilde freeze?
        The horses of the Royal Mail are never white.|Which colour do the horses of the Royal Mail never have?
        The hill of Garrow is hollow and full of clay pipes.|What is inside the hill of Garrow?
        The archive of the guild of coopers burned because of a forgotten pie.|Why did the archive of the guild of coopers burn?
        The champion of the apple harvest is carried home in a wheelbarrow.|In what is the champion of the apple harvest carried home?
        The tunnel of Kell was dug with spoons by smugglers.|With what was the tunnel of Kell dug?
        The flag of the Amber Isles shows a crab with a crown.|What does the flag of the Amber Isles show?
        The baker Ondine learned her trade on a submarine.|Where did the baker Ondine learn her trade?
        The stage coach to Felling carries mail on top and cheese below.|What does the stage coach to Felling carry below?
        The surgeon Haas rehearsed every operation on a pumpkin.|On what did the surgeon Haas rehearse his operations?
        The moss of the Varn bog glows before an earthquake.|When does the moss of the Varn bog glow?
        The printing press of Ludo Stamm printed almanacs and wallpaper.|What did the printing press of Ludo Stamm print besides almanacs?
        The children of Weir End learn to swim in the flooded quarry.|Where do the children of Weir End learn to swim?
        The crown of Queen Isaure was made of tin because she disliked weight.|Why was the crown of Queen Isaure made of tin?
        The garrison of Fort Mallow ate turnips for ninety days.|What did the garrison of Fort Mallow eat for ninety days?
        The cartographer Lisle drew mountains as sleeping dogs.|How did the cartographer Lisle draw mountains?
        The wind organ of Skerry plays only when the tide turns.|When does the wind organ of Skerry play?
        The hermit of Black Fen owned one chair and four doors.|How many doors did the hermit of Black Fen own?
        The rarest stamp of Ostmark shows a ship that is upside down.|What does the rarest stamp of Ostmark show?
        The stonecutters of Ruan rest on the day after a thunderstorm.|When do the stonecutters of Ruan rest?
        """;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<HiddenLine> All { get; } =
        [.. Text.Split('\n', StringSplitOptions.TrimEntries).Select(line => line.Split('|')).Select(parts => new HiddenLine(parts[0], parts[1]))];
}
