namespace Ropewalk.Tests.Models;

/// <summary>Configs of small encoders of every architecture, with widths that no register divides, and 1,003 tokens.</summary>
internal static class SmallEncoders
{
    /// <summary>Name and config.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["bert"] = Bert,
        ["bert, tanh gelu"] = RandomCheckpoint.Config(Bert, """{"hidden_act":"gelu_new"}"""),
        ["xlm-roberta"] = RandomCheckpoint.Config(Bert, """{"model_type":"xlm-roberta","max_position_embeddings":514,"pad_token_id":1,"type_vocab_size":1}"""),
        ["nomic_bert"] = Nomic,
        ["nomic_bert, biases"] = RandomCheckpoint.Config(Nomic, """{"qkv_proj_bias":true,"rotary_emb_base":1000}"""),
        ["modernbert"] = Modern,
        ["modernbert, tanh gelu"] = RandomCheckpoint.Config(Modern, """{"hidden_activation":"gelu_pytorch_tanh"}"""),
        ["modernbert, silu"] = RandomCheckpoint.Config(Modern, """{"hidden_activation":"silu"}"""),
        ["modernbert, rope_parameters"] = RandomCheckpoint.Config(
            Modern, """{"layer_types":["full_attention","full_attention","sliding_attention","sliding_attention","full_attention"],"rope_parameters":{"full_attention":{"rope_type":"default","rope_theta":80000.0},"sliding_attention":{"rope_type":"default","rope_theta":5000.0}}}"""),
    };

    private const string Bert = """
        {"model_type":"bert","hidden_size":120,"intermediate_size":264,"num_hidden_layers":3,"num_attention_heads":5,"vocab_size":1003,
         "max_position_embeddings":512,"type_vocab_size":2,"layer_norm_eps":1e-12,"hidden_act":"gelu","pad_token_id":0}
        """;

    private const string Nomic = """
        {"model_type":"nomic_bert","n_embd":120,"n_inner":264,"n_layer":3,"n_head":5,"vocab_size":1003,"n_positions":512,"type_vocab_size":2,
         "layer_norm_epsilon":1e-12,"rotary_emb_base":10000,"rotary_emb_fraction":1.0,"activation_function":"swiglu","qkv_proj_bias":false}
        """;

    private const string Modern = """
        {"model_type":"modernbert","hidden_size":120,"intermediate_size":200,"num_hidden_layers":5,"num_attention_heads":5,"vocab_size":1003,
         "max_position_embeddings":512,"norm_eps":1e-5,"global_rope_theta":160000.0,"local_rope_theta":10000.0,"global_attn_every_n_layers":3,
         "local_attention":32,"hidden_activation":"gelu"}
        """;
}
