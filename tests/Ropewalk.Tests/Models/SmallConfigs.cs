namespace Ropewalk.Tests.Models;

/// <summary>Configs of small models of every architecture, with shapes that are unusual but legal: widths that no register divides,
/// three query heads for each key head, 1,003 tokens.</summary>
internal static class SmallConfigs
{
    /// <summary>Name and config.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["llama"] = Llama,
        ["llama, tied, biases, head_dim 20"] = RandomCheckpoint.Config(Llama, """{"tie_word_embeddings":true,"attention_bias":true,"mlp_bias":true,"head_dim":20}"""),
        ["llama, llama3 scaling"] = RandomCheckpoint.Config(
            Llama, """{"rope_theta":500000.0,"rope_scaling":{"rope_type":"llama3","factor":8.0,"low_freq_factor":1.0,"high_freq_factor":4.0,"original_max_position_embeddings":128},"max_position_embeddings":1024}"""),
        ["llama, linear"] = RandomCheckpoint.Config(Llama, """{"rope_scaling":{"rope_type":"linear","factor":4.0}}"""),
        ["llama, linear, both windows"] = RandomCheckpoint.Config(Llama, """{"rope_scaling":{"rope_type":"linear","factor":4.0,"original_max_position_embeddings":128}}"""),
        ["llama, longrope"] = RandomCheckpoint.Config(
            Llama, """{"rope_scaling":{"rope_type":"longrope","short_factor":[1,1,1,1.1,1.2,1.3,1.4,1.5,1.6,1.7,1.8,1.9],"long_factor":[1,1.5,2,2.5,3,3.5,4,4.5,5,5.5,6,6.5],"attention_factor":1.19,"original_max_position_embeddings":128},"max_position_embeddings":1024}"""),
        ["mistral"] = RandomCheckpoint.Config(Llama, """{"model_type":"mistral","sliding_window":4096}"""),
        ["qwen2"] = Qwen2,
        ["qwen2, tied, yarn"] = RandomCheckpoint.Config(
            Qwen2, """{"tie_word_embeddings":true,"rope_scaling":{"rope_type":"yarn","factor":4.0,"original_max_position_embeddings":128}}"""),
        ["qwen2, yarn with an attention factor"] = RandomCheckpoint.Config(
            Qwen2, """{"rope_scaling":{"rope_type":"yarn","factor":8.0,"original_max_position_embeddings":64,"attention_factor":0.9}}"""),
        ["qwen3"] = Qwen3,
        ["phi3"] = Phi3,
        ["phi3, longrope, partial rotary"] = RandomCheckpoint.Config(
            Phi3, """{"partial_rotary_factor":0.75,"original_max_position_embeddings":128,"max_position_embeddings":1024,"rope_scaling":{"type":"longrope","short_factor":[1,1.02,1.05,1.1,1.2,1.3,1.4,1.5,1.7],"long_factor":[1.1,1.2,1.5,2,3,4,6,7,8]}}"""),
        ["gpt_neox"] = NeoX,
        ["gpt_neox, one after the other"] = RandomCheckpoint.Config(NeoX, """{"use_parallel_residual":false,"rotary_pct":1.0}"""),
        ["gpt_neox, tanh gelu"] = RandomCheckpoint.Config(NeoX, """{"hidden_act":"gelu_new"}"""),
        ["gemma3_text"] = Gemma3,
        ["gemma3_text, other layers, linear"] = RandomCheckpoint.Config(
            Gemma3, """{"layer_types":["full_attention","sliding_attention","sliding_attention","full_attention","sliding_attention","sliding_attention","full_attention"],"rope_scaling":{"rope_type":"linear","factor":8.0}}"""),
    };

    /// <summary>The same for block types: rows are whole blocks of 256. Heads of a llama reach beyond its width, three queries to a key.</summary>
    public static IReadOnlyDictionary<string, string> WholeBlocks { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["llama"] = RandomCheckpoint.Config(Llama, """{"hidden_size":256,"intermediate_size":512,"num_hidden_layers":2,"head_dim":128}"""),
        ["qwen2"] = RandomCheckpoint.Config(Qwen2, """{"hidden_size":256,"intermediate_size":512,"num_hidden_layers":2,"num_attention_heads":4}"""),
        ["phi3"] = RandomCheckpoint.Config(Phi3, """{"hidden_size":256,"intermediate_size":512,"num_hidden_layers":2,"num_attention_heads":4}"""),
        ["gpt_neox"] = RandomCheckpoint.Config(NeoX, """{"hidden_size":256,"intermediate_size":512,"num_hidden_layers":2,"num_attention_heads":4}"""),
    };

    private const string Llama = """
        {"model_type":"llama","hidden_size":144,"intermediate_size":200,"num_hidden_layers":3,"num_attention_heads":6,"num_key_value_heads":2,
         "vocab_size":1003,"max_position_embeddings":512,"rms_norm_eps":1e-5,"rope_theta":10000.0,"hidden_act":"silu","tie_word_embeddings":false}
        """;

    private const string Qwen2 = """
        {"model_type":"qwen2","hidden_size":120,"intermediate_size":152,"num_hidden_layers":3,"num_attention_heads":6,"num_key_value_heads":2,
         "vocab_size":1003,"max_position_embeddings":512,"rms_norm_eps":1e-6,"rope_theta":1000000.0,"hidden_act":"silu","tie_word_embeddings":false,
         "use_sliding_window":false,"sliding_window":64,"max_window_layers":1}
        """;

    private const string Qwen3 = """
        {"model_type":"qwen3","hidden_size":104,"intermediate_size":168,"num_hidden_layers":3,"num_attention_heads":6,"num_key_value_heads":2,"head_dim":28,
         "vocab_size":1003,"max_position_embeddings":512,"rms_norm_eps":1e-6,"rope_theta":1000000.0,"hidden_act":"silu","tie_word_embeddings":true}
        """;

    private const string Phi3 = """
        {"model_type":"phi3","hidden_size":144,"intermediate_size":136,"num_hidden_layers":3,"num_attention_heads":6,"num_key_value_heads":2,
         "vocab_size":1003,"max_position_embeddings":512,"rms_norm_eps":1e-5,"rope_theta":10000.0,"hidden_act":"silu","tie_word_embeddings":false,
         "sliding_window":2047}
        """;

    private const string NeoX = """
        {"model_type":"gpt_neox","hidden_size":120,"intermediate_size":264,"num_hidden_layers":3,"num_attention_heads":5,
         "vocab_size":1003,"max_position_embeddings":512,"layer_norm_eps":1e-5,"rotary_emb_base":10000,"rotary_pct":0.25,"hidden_act":"gelu",
         "use_parallel_residual":true,"tie_word_embeddings":false}
        """;

    private const string Gemma3 = """
        {"model_type":"gemma3_text","hidden_size":104,"intermediate_size":168,"num_hidden_layers":7,"num_attention_heads":6,"num_key_value_heads":2,"head_dim":28,
         "vocab_size":1003,"max_position_embeddings":512,"rms_norm_eps":1e-6,"rope_theta":1000000.0,"rope_local_base_freq":10000.0,
         "hidden_activation":"gelu_pytorch_tanh","query_pre_attn_scalar":28,"sliding_window":96,"attn_logit_softcapping":null,"final_logit_softcapping":null}
        """;
}
